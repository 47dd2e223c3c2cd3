"""That something went as it should, was announced, or is of no concern; on folded text."""

from typing import Final

from bot.classification.patterns import words

NEWS: Final = words(
    r"(?:prevu|planifie|programme|scheduled|planned)(?:e|s|es)? (?:for |on |pour |le |a |at )?(?:demain|tomorrow"
    r"|ce soir"
    r"|tonight|cette nuit|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|(?:mon|tues|wednes|thurs|fri|satur"
    r"|sun)day"
    r"|\d{1,2}[h:]\d{0,2}|\d{1,2} (?:h|am|pm)|next week|la semaine prochaine)",
    "deployed", "fin de (?:la )?maintenance", "maintenance (?:is |est )?(?:over|finished|completed|done|terminee"
    "|finie)",
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
    r"(?:user|account|host|server|utilisateur|compte|hote|serveur) (?:\w+ )?(?:created|added|cree|ajoute)\w*",
    r"snapshot (?:\w+ )?(?:created|taken|cree)\w*",
    r"(?:config\w*|configuration) (?:re)?(?:loaded|chargee)",
    r"mises? a jour (?:\w+ )?(?:effectuee|installee|appliquee|terminee)s?", "patch(?:es)? applied",
    r"(?:aura|auront) lieu", r"will take place", r"sera (?:effectue|realise|deploye|livre|mis en ligne)\w*",
    "redeploye(?:e|s|es)?", "finished",
    "for (?:your )?information", "pour (?:votre )?info(?:rmation)?", "fyi",
    r"(?:subscription ?confirmation|unsubscribe ?confirmation)",
    r"you have chosen to subscribe", r"vous avez choisi de vous abonner",
    r"confirm\w* (?:the |l'|votre |d')?(?:subscription|abonnement)",
    r"(?:on passe|passage|we (?:ship|release|move to|upgrade to)|going to) (?:en |a la |in )?version", "shipped?",
    "launched",
    r"(?:no|aucune?|sans) (?:downtime|coupure|interruption|indisponibilite) (?:expected|attendu|prevu)\w*",
    r"as expected|comme prevu",
    r"informational|informati(?:f|ve)", r"certificat\w* (?:has been |was |a ete )?(?:renewed|renouvele)\w*",
    r"s'est (?:bien )?(?:termine|deroule|passe)\w* (?:sans|avec succes|bien|correctement|normalement)\w*",
)  # fmt: skip

IGNORE: Final = words(
    "(?:please |merci d'|priere d')(?:ignore[rz]?|disregard)", "ne pas tenir compte", "a ignorer",
)  # fmt: skip

PLANNED: Final = words(
    "debut de (?:la )?maintenance", "maintenance (?:is )?(?:started|begins)",
    r"(?:scheduled|planned|upcoming) (?:\w+ )?(?:maintenance|outage|downtime|interruption|restart|work"
    "|upgrade|shutdown)",
    r"maintenance (?:\w+ )?(?:planifiee|prevue|programmee|annoncee|window|scheduled|planned|in progress|en"
    " cours)",
    "(?:coupure|interruption|arret|redemarrage|travaux|intervention|indisponibilite|mise a jour|mises a jour|migration"
    "|deploiement|livraison|bascule)s? (?:planifie|prevu"
    r"|programme|annonce)\w*",
    "(?:for|during|pour|pendant|en) (?:the |la |une |a )?(?:planned |scheduled )?maintenance",
    r"(?:planned|scheduled|prevue?|planifiee?|programmee?)(?: [\w'-]+){0,3} (?:downtime|outage|coupure|interruption"
    r"|restart|redemarrage)",
    r"post-?mortem(?! (?:required|needed|a faire))", "compte[- ]rendu", "retour d'experience", "incident report",
    "rapport d'incident", r"bilan d(?:e|u) (?:la |l')?\w+",
    "lessons learned", "root cause analysis",
)  # fmt: skip
