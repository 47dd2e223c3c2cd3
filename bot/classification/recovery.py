"""That the trouble has ended, and what takes that back; on folded text."""

import re
from typing import Final

from bot.classification.patterns import words

OVER: Final = words(
    "(?<!un)resolved",
    "recovered",
    "restored",
    "cleared",
    "(?:is |are |was )?back (?:to normal|online|up|in service|again)",
    "(?:returned|return) to normal",
    "(?:all|everything) (?:is )?(?:ok|fine|good|normal)(?: again)?",
    r"(?:is|are) (?:now |back )?(?:up(?! ?(?:by|to|from|for|\d))|ok|healthy|online|operational|reachable"
    "|available|normal|fine)(?: again)?",
    "(?:up|available|working|reachable|online|healthy) again",
    "now (?:up|ok|healthy|available|online)",
    "no longer (?:down|unavailable|failing|unreachable|firing|offline|slow|degraded|unhealthy|full"
    "|unresponsive|blocked)",
    "(?:incident|alert|outage|issue|problem) (?:is |has been |was )?(?:over|closed|fixed|ended|resolved"
    "|cleared|solved)",
    "end of (?:the )?(?:incident|outage|alert)",
    r"(?:critical|alarm|alert|warning|warn|down|crit|error|erreur|unknown|red|rouge|critique|panne) (?:(?:->|=>|→"
    r"|>) ?|(?:to|vers|a) )"
    r"(?:ok|up|normal|healthy|green|vert)(?! ?(?:->|=>|→))",
    r"(?:from|de) \w+ (?:to|a|vers) (?:ok|up|normal|healthy|green)",
    r"(?:checks?|test|sonde|probe|http|statut|status)(?: \w+)? (?:is |are |est |= ?|: ?)?ok(?= *$|[ ,.(-])(?! (?:is"
    r"|est) )",
    r"(?:repond|fonctionn|march|tourn|charg|respond|answer|work|runn|serv|load)\w* (?:de nouveau|a nouveau|again"
    r"|normally)",
    "retour (?:ok|au normal|en service|a l'etat normal)",
    r"(?:incident|alert|alerte|problem|issue|ticket)(?: ?#?[\w-]+){1,2} (?:closed|resolved|cleared|recovered|clos"
    r"|resolue?)",
    r"(?<!probleme )(?<!erreur )(?<!bug )(?<!panne )(?<!incident )(?<!alerte )(?<!erreurs )(?<!lenteurs )"
    r"(?<!problemes )"
    r"(?:est|sont) (?:bien |enfin )?(?:revenue?s?|de retour)(?= *$|[ ,.!]+ ?(?:vous|on|merci|depuis|apres|a \d|cette"
    r"|ce|you|et tout|tout))",
    r"(?<!problem )(?<!issue )(?<!error )(?<!bug )(?<!errors )(?<!issues )(?:is|are) back(?= *$|[ ,.!]+ ?(?:you|we"
    r"|thanks|since|after|at \d|and (?:all|everything)))",
    r"(?:vous pouvez|you can|on peut) (?:reprendre|resume|continuer|continue|retester)",
    r"fixed(?! (?:ip|ips|address\w*|price|fee|rate|cost|line|amount|width))",
    "solved",
    "(?<!in )(?<!disaster )recovery(?! mode)",
    "resolu(?:e|s|es)?",
    "retabli(?:e|s|es|ssement)?",
    "restaure(?:e|s|es)?",
    "retour (?:a la normale|en ligne|au vert|a un etat normal)",
    r"(?:de|a) nouveau (?:disponible|accessible|operationnel|en ligne|fonctionnel|joignable|normal|up)\w*",
    "(?:re)?fonctionne(?:nt)? (?:a |de )nouveau",
    "refonctionne(?:nt)?",
    "revenu(?:e|s|es)? (?:a la normale|en ligne|a un)",
    r"(?:tout est|tout va|est|sont) (?:bien |desormais |maintenant )?(?:rentre\w* dans l'ordre|ok|bien(?= *$"
    r"| *[,.;!)])|stable"
    r"|normal\w*)",
    "(?:n'est|ne sont) plus (?:indisponible|en panne|down|degrade|injoignable|inaccessible|sature|bloque"
    r"|hors)\w*",
    "fin (?:de |d'|de l'|du )(?:incident|alerte|panne|coupure|probleme|l'incident)",
    r"(?:incident|alerte|panne|probleme) (?:est |maintenant )*(?:clos\w*|clotur\w*|terminee?|fini\w*|regle\w*|leve\w*"
    r"|corrige\w*)",
    "corrige(?:e|s|es)?",
    "(?:re)?marche(?:nt)? (?:a |de )nouveau",
    "remarche(?:nt)?",
    "(?:alert|alerte|incident) (?:is )?(?:over|cleared|terminee?|levee?)",
    r"(?:disponible|accessible|operationnel\w*|joignable|en ligne|fonctionnel\w*) (?:a|de) nouveau",
    r"(?:passes|passing|passe|passent|repasse\w*) (?:again|a nouveau|de nouveau)",
    r"(?:outage|incident|panne|coupure|downtime|interruption)(?: \w+)? (?:lasted|a dure)",
    r"(?:error|errors|erreurs?|queue|file|backlog|latency|latence|count|rate|taux|lag|retard"
    r"|retries)(?: \w+){0,4}? (?:dropped|fell|back|went|down|returned|tombe\w*|redescend\w*|revenu\w*"
    r"|retombe\w*) (?:back )?(?:to|a|au) (?:zero|0|normal|la normale|\d)\w*",
    r"(?:queue|file|backlog|disque|disk)(?: \w+){0,3}? (?:is |est )?(?:now )?(?:empty|vide|drained|videe"
    r"|resorbee?) ?(?:again|a nouveau|de nouveau|desormais)?",
    r"(?:was|were|a ete|ont ete|etai(?:t|ent)) (?:\w+ )?(?:down|unavailable|unreachable|offline"
    r"|indisponibles?|injoignables?"
    r"|inaccessibles?|hs|ko|en panne|coupee?s?) (?:(?:for|pendant|durant) (?:about |around |environ |nearly |presque "
    r"|only |seulement |pres de )?"
    r"(?:\d+|a few|quelques|une? (?:minute|heure|demi)|an? (?:hour|minute|half))|(?:de|entre|from|between) \d+)"
    r"(?!.*\b(?:again|still|yet|now|times|fois|encore|toujours|nouveau|maintenant|depuis|since)\b)",
    "rien de reel",
    "nothing real",
    r"(?:sonde|probe|check|monitor|capteur|sensor) (?:avait|had|etait|was) (?:un |a |an )?(?:bug|probleme|faulty"
    r"|broken|problem|issue|defectueu\w+|en erreur|wrong)",
    r"normali[sz]e[ds]?",
    r"(?:latenc\w*|trafic|traffic|charge|load|situation) (?:\w+ )?(?:stabilise\w*|stabili[sz]ed|normalise\w*)",
    r"(?:all|every|tous les|toutes les) (?:\w+ )?(?:checks?|tests?|sondes?|probes?|verifications?|voyants) (?:are "
    r"|is |sont |est )?(?:pass(?:ing|ed|es)?|ok|green|verts?|passent|au vert)",
    r"(?:alarme?|alerte?|alert)s?(?: (?!not|never|pas|isn)\w+){0,3}? (?:levee?s?|cleared|lifted)",
    r"(?:est|sont) revenue?s? a (?:leur|sa|son|la|une|un)",
    "fin d'alerte",
    r"(?:everything|all|tout) (?:is |est )?(?:back (?:to |in )?|repasse |revenu )?(?:au )?(?:green|vert)s?",
    r"fin de (?:la |cette |notre )(?:panne|coupure|degradation|perturbation|crise)",
    r"end of (?:the )?(?:disruption|degradation|problem)",
    "service (?:is )?operation(?:al|nel)",
    r"revenu(?:e|s|es)? (?:sous|a|au) (?:le |la |un |\d)\w*",
    r"(?:back|returned|(?<!slowed )(?<!slow )(?<!scaled )(?<!slows )down|fell) (?:to|below|under) (?:\d|normal"
    r"|the threshold|threshold)\w*",
    "(?:repassee?s?|redescendue?s?) (?:sous|a|au|ok)",
    r"(?:incident|alerte?|panne|outage|probleme|problem|issue|souci|bug|pb|blocage|anomalie|lenteur|ralentissement"
    r"|defaut)s?"
    r"(?: (?!pas|not|never|jamais|encore|yet)[\w'-]+){0,4}? (?:est|sont|is|are|has been|have been|a ete|ont ete)"
    r" (?:clos\w*"
    r"|closed|resolu\w*"
    r"|resolved|over|termine\w*|fini\w*|regle\w*|leve\w*|corrige\w*|fixed)",
    "false (?:alarm|positive|alert)s?",
    "fausses? alertes?",
    "faux positifs?",
    "incident clos",
    r"(?:has |have |a |ont )?(?:rejoined|rejoint) (?:the |le )?(?:cluster|pool|swarm|quorum)",
    r"(?<!not )(?<!never )caught up",
    r"rattrape\w* (?:son|leur|le) retard",
    r"all systems (?:are )?(?:operational|normal|nominal|up|go)",
    r"tous les systemes (?:sont )?operationnels",
    r"(?<!un)healthy (?:again|now|after (?:a |the )?restart)",
    r"(?:alarme?|alerte?|alert) [«\"“][^»\"”]{1,60}[»\"”] (?:est |is |a ete |has been )?(?:levee?|close|clos\w*|cleared"
    r"|resolue?|resolved|terminee?|over)",
    r"closing the (?:incident|alert|ticket)",
    r"up\]",
    "200 - ok",
    "monitor is up",
    "is up(?: again)?$",
)

WEAKLY_OVER: Final = words(
    "fixed",
    "solved",
    "recovery",
    "restored",
    "restaure(?:e|s|es)?",
    "corrige(?:e|s|es)?",
    "cleared",
    r"resolu(?:e|s|es)?",
    "resolved",
)
"""Believed of a title only when the text does not say that something is down."""
TAG_OVER: Final = re.compile(
    r"^\W*(?:\[?[\w -]{0,20}\]\s*)*\W*(?:resolved|recovered|recovery|cleared|closed|ok|up|resolue?s?|retablie?s?|clos"
    r"|fin d'alerte|termine)"
    r"(?: in \w+)?\s*(?:[\]:|-]|$)"
)
TAGGED_OVER: Final = re.compile(
    r"^\W*(?:[\w ]{1,20}: )?(?:\[[\w -]{1,20}\]\W*){0,3}"
    r"(?:\[ ?(?:resolved|recovered|recovery|cleared|closed|ok|up|fixed|resolue?s?"
    r"|retablie?s?|clos|fin d'alerte|termine)(?: in \w+)? ?\]|(?:resolved|recovered|clear(?:ed)?|ok|fixed|resolu"
    r"|retabli"
    r"|fin d'(?:alerte|incident)|end of (?:alert|incident)|incident (?:clos|closed|cloture|resolu"
    r"|resolved|termine)) ?:)"
)
"""That which only a tool, or somebody who knows, puts before the old title."""
BRIEFLY_OVER: Final = re.compile(
    r"\W*(?:the )?(?:alert|alarm|incident|problem|monitor|alerte?|alarme|probleme|issue)(?: \w+)? (?:cleared|closed"
    r"|resolved|recovered|over|levee?|close|clos|resolue?|terminee?|retablie?)\W*|"
    r"\W*(?:\[[\w -]{1,20}\]\W*)*(?:(?!(?:not|pas|no|non|0|zero|nothing|aucune?|isn't|never|jamais"
    r"|rien|ko|hs|down|dead|mort\w*|fail\w*|crash\w*|error\w*|erreur\w*)\b)[\w.:/%\"'-]+ ){0,6}ok\W*"
    r"|\W*(?:\[[\w -]{1,20}\]\W*)*(?:retour a la normale|(?:all |everything )?(?:is )?back to normal"
    r"|returned to normal)"
    r"(?: (?!but|mais|pas|not|except|sauf|prevu\w*|attendu\w*|expected)[\w'-]+){0,5}\W*"
    r"|\W*(?:\[[\w -]{1,20}\]\W*)*(?:(?!(?:not|pas|no|non|0|zero|nothing|aucune?|isn't|never|jamais|rien|\w+ed"
    r"|\w+ing|\w+en|\w+s|hung|blew)\b)"
    r"[\w.:/\"'-]+ ){0,3}(?<!-)up\W*"
)
"""`prod ok`, `API up`: all that there is."""
CAPITAL_UP: Final = re.compile(r"^(?!.*\b(?:0|[Nn]ot?|NOT?|of|never|pas|aucune?)\b).*\bUP\W*$")
"""As tools write it at the end of a title; nobody shouts "backed UP"."""
BRIEF: Final = 60  # characters
NOT_OVER_AFTER: Final = re.compile(
    r"^[ :,]*(?:(?:has|is|a|est|was|have|process|job|attempt|the|de|la|du|service|\w+) ){0,3}?(?:fail\w*|impossible"
    r"|par erreur|par megarde|by mistake|by accident|accidentally"
    r"|echou\w*|en echec"
    r"|incomplete?|partiel\w*|partial\w*|mais|but|pas |not |in progress|en cours|toujours pas|attendu\w*|expected"
    r"|estimated"
    r"|prevue? )"
)
AFTERWARDS: Final = words(
    "malgre",
    "despite",
    "in spite of",
    "pourtant",
    "after",
    "following",
    "since",
    "suite a",
    "suite au",
    "apres",
    "depuis",
    r"exceed\w*",
    r"depasse\w*",
    r"overr[au]n\w*",
    "failed",
    r"echou\w*",
    "echec",
)
RELAPSE: Final = words("again", "de nouveau", "a nouveau", "encore", r"(?:then|puis)(?: \w+){0,4}? re\w+e")

NOT_OVER: Final = re.compile(
    r"(?:\b(?:not|never|un|partially|partly|partiellement|en partie|presque|almost|nearly|until|once|when|to be"
    r"|will be|cannot be|can't be|could not be|be|non|pas|toujours"
    " pas|jusqu'a|quand|lorsque|fois|sera|seront|etre|failed to be|n't|fails?)(?: (?:yet|encore|been|fully"
    "|completely|entierement|totalement|be|is|has|completement|a ete))*[ -]*$)"
)
RETURNS: Final = re.compile(r"(?:est|sont) (?:bien |enfin )?(?:revenue?s?|de retour)|(?:is|are) back")
TROUBLE: Final = words(
    r"problem\w*", "bugs?", "errors?", "erreurs?", "pannes?", "soucis?", "issues?", "incidents?", "lenteurs?",
    "latenc[ey]",
    r"coupures?", r"anomal\w+", "alertes?", "alerts?", "outages?", "timeouts?", "50[0-4]s?", "attaques?",
    "attacks?", "pb",
)  # fmt: skip
"""That which is no good news when it is back."""
STATE: Final = re.compile(
    r"(?:is|are|est|sont) (?:bien )?(?:up|ok|healthy|online|operational|reachable|available|normal\w*|fine|good"
    r"|bien(?= *$| *[,.;!)])"
    r"|stable)"
)
BEFORE: Final = words(
    "was", "were", "had", r"etai\w+", "now", "again", "back", "maintenant", "desormais", "nouveau", r"redevenu\w*"
)
