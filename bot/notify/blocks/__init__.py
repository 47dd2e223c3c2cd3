"""Block Kit cards as pure functions: a view and a Reader go in, a bounded Card comes out (text fallback always)."""

from bot.notify.blocks.answers import answer, error, help_card
from bot.notify.blocks.backups import backup_list, backup_status
from bot.notify.blocks.digest import digest_card
from bot.notify.blocks.incident import incident_card, incident_details, incident_list, page
from bot.notify.blocks.oncall import gaps_card, lineup_card, overrides_card, weeks_card
from bot.notify.blocks.output import output_card, output_text
from bot.notify.blocks.parts import Block, Card, escape
from bot.notify.blocks.probes import probe_list, probe_seen
from bot.notify.blocks.procedure import procedure_card, procedure_list, procedure_steps
from bot.notify.blocks.quiet import quiet_list
from bot.notify.blocks.reader import Reader
from bot.notify.blocks.responding import manager_page, reminder
from bot.notify.blocks.run import plan_card, run_card, run_list
from bot.notify.blocks.simulation import simulation_card, simulation_lines
from bot.notify.blocks.status import logs_block, status_table
from bot.notify.blocks.why import incident_why

__all__ = [
    "Block",
    "Card",
    "Reader",
    "answer",
    "backup_list",
    "backup_status",
    "digest_card",
    "error",
    "escape",
    "gaps_card",
    "help_card",
    "incident_card",
    "incident_details",
    "incident_list",
    "incident_why",
    "lineup_card",
    "logs_block",
    "manager_page",
    "output_card",
    "output_text",
    "overrides_card",
    "page",
    "plan_card",
    "probe_list",
    "probe_seen",
    "procedure_card",
    "procedure_list",
    "procedure_steps",
    "quiet_list",
    "reminder",
    "run_card",
    "run_list",
    "simulation_card",
    "simulation_lines",
    "status_table",
    "weeks_card",
]
