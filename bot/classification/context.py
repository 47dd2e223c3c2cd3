"""What changes the sense of bad news: it is over, planned, a test, only in part, only possible; on folded text."""

import re
from typing import Final

from bot.classification.patterns import words

CORE: Final = (
    "(?:site|web ?site|app|application|api|plat(?:e-?)?form(?:e)?|service|server|serveur|database|data ?base"
    r"|db|base(?: de donnees)?|bdd|postgres\w*|supabase|login|sign ?in|auth\w*|connexion|paiements?|payments?"
    "|checkout|front ?end|back ?end|backend|reservations?|bookings?)"
)

OVER: Final = words(
    "(?<!un)resolved", "recovered", "restored", "cleared",
    "(?:is |are |was )?back (?:to normal|online|up|in service|again)", "(?:returned|return) to normal",
    "(?:all|everything) (?:is )?(?:ok|fine|good|normal)(?: again)?",
    r"(?:is|are) (?:now |back )?(?:up(?! ?(?:by|to|from|for|\d))|ok|healthy|online|operational|reachable"
    "|available|normal|fine)(?: again)?",
    "(?:up|available|working|reachable|online|healthy) again", "now (?:up|ok|healthy|available|online)",
    "no longer (?:down|unavailable|failing|unreachable|firing|offline|slow|degraded|unhealthy|full"
    "|unresponsive|blocked)",
    "(?:incident|alert|outage|issue|problem) (?:is |has been |was )?(?:over|closed|fixed|ended|resolved"
    "|cleared|solved)",
    "end of (?:the )?(?:incident|outage|alert)", "fixed", "solved", "recovery", "resolu(?:e|s|es)?",
    "retabli(?:e|s|es|ssement)?", "restaure(?:e|s|es)?",
    "retour (?:a la normale|en ligne|au vert|a un etat normal)",
    r"(?:de|a) nouveau (?:disponible|accessible|operationnel|en ligne|fonctionnel|joignable|normal|up)\w*",
    "(?:re)?fonctionne(?:nt)? (?:a |de )nouveau", "refonctionne(?:nt)?",
    "revenu(?:e|s|es)? (?:a la normale|en ligne|a un)",
    r"(?:tout est|tout va|est|sont) (?:bien |desormais |maintenant )?(?:rentre\w* dans l'ordre|ok|bien|stable"
    r"|normal\w*)",
    "(?:n'est|ne sont) plus (?:indisponible|en panne|down|degrade|injoignable|inaccessible|sature|bloque"
    r"|hors)\w*",
    "fin (?:de |d'|de l'|du )(?:incident|alerte|panne|coupure|probleme|l'incident)",
    r"(?:incident|alerte|panne|probleme) (?:est |maintenant )*(?:clos\w*|terminee?|fini\w*|regle\w*|leve\w*"
    r"|corrige\w*)",
    "corrige(?:e|s|es)?",
)  # fmt: skip

TEST: Final = words(
    "(?:this is |ceci est |c'est )?(?:a |an |un |une |juste un )?(?:test|demo|dummy|sample|fake|example)"
    r" (?:alert|alarm|notification|message|incident|event|page|webhook|d'alerte|de notification)\w*",
    r"(?:this is|just|only) (?:a |an )?(?:test|drill|demo\w*)",
    "(?:ceci est|c'est|il s'agit d') ?(?:juste |seulement |bien )?(?:d'|un |une )*(?:test|essai|exercice"
    "|demonstration)",
    "(?:alerte|notification|message|incident|page) (?:de |d')(?:test|essai|demonstration|demo|exemple)",
    "for demonstration(?: purposes?)?", "(?:please |merci d')ignore[rz]?", "ne pas tenir compte", "a ignorer",
    "exercice(?: d'astreinte| de crise| incident)?", "fire ?drill", "send test",
)  # fmt: skip

NEWS: Final = words(
    "deployed",
    r"deploy(?:ment|ments)?(?: \S+){0,4}? (?:finished|succeeded|successful\w*|completed|complete|started|done"
    "|in progress|ok)",
    r"deploiement(?: \S+){0,5}? (?:termine|reussi|lance|effectue|en cours|ok|demarre|fini)", "deploye(?:e|s|es)?",
    "released?", "mise en production (?:terminee|reussie|effectuee|prevue)",
    r"(?:backup|dump|sync\w*|import|migration|job|restore|rotation|pipeline|build|tests?)(?: \S+){0,5}?"
    " (?:completed|complete|succeeded|successful(?:ly)?|passed|ok|done|finished)",
    r"(?:sauvegarde|restauration|synchronisation|migration|import|tache|purge|export)s?(?: \S+){0,5}?"
    " (?:termine|reussi|effectue|ok|realise|finalise)(?:e|s|es)?",
    "success(?:ful|fully)?", "avec succes", "reussi(?:e|s|es|te)?", "succeeded", "completed", "new version",
    "nouvelle version", "logged in", "(?:daily|weekly|monthly) (?:report|summary|digest)",
    "(?:rapport|resume|bilan) (?:quotidien|hebdomadaire|mensuel|du jour|de la semaine)",
    "scal(?:ed|ing) (?:up|down|out|in)", "started", "demarre(?:e)?(?: correctement)?", "heartbeat (?:ok|received)",
    "for (?:your )?information", "pour (?:votre )?information",
)  # fmt: skip

PLANNED: Final = words(
    "(?:fin|debut) de (?:la )?maintenance", "maintenance (?:is )?(?:over|finished|completed|terminee|started|begins)",
    r"(?:scheduled|planned|upcoming) (?:\w+ )?(?:maintenance|outage|downtime|interruption|restart|work"
    "|upgrade|shutdown)",
    r"maintenance (?:\w+ )?(?:planifiee|prevue|programmee|annoncee|window|scheduled|planned|in progress|en"
    " cours)",
    "(?:coupure|interruption|arret|redemarrage|travaux|intervention|indisponibilite)s? (?:planifie|prevu"
    r"|programme|annonce)\w*",
    "(?:for|during|pour|pendant|en) (?:the |la |une |a )?(?:planned |scheduled )?maintenance",
)  # fmt: skip

NO_IMPACT: Final = words(
    r"no (?:\w+ )?(?:user |customer |service |production |business )?(?:impact|effect)(?: on \w+)?",
    r"(?:aucun|sans|pas d')(?: |')?(?:impact|effet|consequence)\w*",
    "(?:users?|customers?|service) (?:are |is )?(?:not|un)[ -]?(?:affected|impacted)",
    r"(?:utilisateurs|service|clients) non (?:impacte|affecte|touche)\w*",
    "n(?:on|ot)[ -]?(?:blocking|bloquante?s?|urgent|critical|critique)s?",
    "(?:minor|mineure?|trivial) (?:bug|issue|defect|glitch|probleme|anomalie|defaut)",
    "(?:bug|defaut|anomalie|probleme) mineure?", r"cosmeti\w*", "contournement (?:possible|disponible)",
    "workaround (?:exists|available)",
)  # fmt: skip

PARTIAL: Final = words(
    "some", "certaine?s?", "quelques", "partial(?:ly)?", "partielle?(?:ment)?s?", "partiel", r"intermitt\w*",
    r"sporadi\w*", "par moments", "occasional(?:ly)?", "sometimes", "parfois", "de temps en temps",
    "(?:one|1|a single|un|une|un seul|une seule) (?:of|sur|user|customer|utilisateur|client|replica|replique"
    r"|noeud|node|worker|instance (?:sur|of|out))\w*",
    "redundan(?:t|cy)", r"redondan(?:t|ce)\w*", "fail(?:ed)? ?over", "bascule(?:e|ment)?", "degraded",
    "mode degrade", "a few", "minorit[ey]", "one (?:page|feature|region|endpoint)",
    "une? (?:page|fonctionnalite|region)", "beta",
)  # fmt: skip

SIDE: Final = words(
    "monitoring", "supervision", "grafana", "prometheus", "alertmanager", "exporter", "metrics?", "metriques?",
    "logs", "logging", "kibana", "sentry", "replicas?", "repliques?", "standby", "secondary", "secondaire", "slave",
    "backups?", "sauvegardes?", "ci", "pipeline", "build", "runner", "documentation", "docs", "wiki",
    "cron ?(?:job|tab)?s?", "tache planifiee", "batch", "newsletter", "mailing", "smtp", r"statisti\w*", "analytics",
    "avatars?", "exports?", "pdf",
)  # fmt: skip

FEATURE: Final = words(
    "e-?mails?", "mails?", "courriels?", "sms", "search", "recherche", "rapports?", "reports?", "reporting",
    "dashboards?", "tableau(?:x)? de bord", "images?", "photos?", r"upload\w*", "televersement", "imports?", "push",
    "notifications?", "webhooks?", "workers?", "queue", "file d'attente", "cache", "back-?office", r"admin\w*",
    "chat", "commentaires?", "comments?", "filtres?", "button", "bouton", "favoris", "historique", "history",
    "traductions?", "fonctionnalites?", "features?", "function",
)  # fmt: skip

CORE_NEARBY: Final = words(
    CORE, "all", "tou(?:s|te|tes|t)", "entire", "whole", "production", "nobody", "personne",
)  # fmt: skip

HYPOTHETICAL: Final = words(
    "may", "might", "could(?! not)", "would", "will (?:be|become|go|run|fail|stop)", "if", "risks?", "risques?",
    "at risk", "pourrai(?:t|ent)", "peu(?:t|vent) (?:devenir|tomber|entrainer|provoquer|causer|etre)", "risque de",
    "si", "devrait", "bientot", "soon", r"predict\w*", "prevision", "about to", "sur le point", r"potenti\w*",
    "en cas de", "before", "avant", "to avoid", "pour eviter",
)  # fmt: skip

TEST_TAG: Final = re.compile(
    r"^\s*(?:\[\w+\]\s*)*(?:\[\s*(?:test|exercice|drill|demo)\s*\]|test\s*:|test\s*$|test alert\s*$)"
)
NEGATED: Final = re.compile(
    r"(?:\b(?:no|not|never|without|isn't|aren't|wasn't|zero|0|aucune?|sans|pas|plus|non|jamais|nothing|rien"
    "|no longer|not yet|neither|ni)|n't)(?: (?:de|d'|des|any|a|an|the|en|more|currently|actuellement|longer"
    "|encore|fully|completely|entierement|totalement|be|been|visible|new|other))*[ ']*$"
)
NOT_OVER: Final = re.compile(
    r"(?:\b(?:not|never|un|until|once|when|to be|will be|cannot be|can't be|could not be|be|non|pas|toujours"
    " pas|jusqu'a|quand|lorsque|fois|sera|seront|etre|failed to be|n't|fails?)(?: (?:yet|encore|been|fully"
    "|completely|entierement|totalement|be|is|has|completement|a ete))*[ -]*$)"
)
CLAUSES: Final = re.compile(
    r"[.;!?\n|]+(?=\s|$)|\n"
    r"|\s(?:mais|but|however|cependant|toutefois|although|though|alors que|while|neanmoins|sauf|except)\s"
)
STILL: Final = words("still", "yet", "toujours", "restent?", "remains?")
SHARE: Final = re.compile(r"\b(\d{1,3}) ?(?:of|out of|sur|/) ?(?:the |les )?(\d{1,3})(?!\d|%| ?%|/)")
ENDS_OR_FILLS: Final = re.compile("expir|full|plein|satur|fill|space|espace")
