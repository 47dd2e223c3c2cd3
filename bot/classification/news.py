"""That something went as it should, was announced, or is of no concern; on folded text."""

import re
from typing import Final

from bot.classification.patterns import words

NEWS: Final = words(
    r"(?:daily|weekly|monthly|quarterly|hebdo\w*|quotidien\w*|mensuel\w*|trimestriel\w*) (?:\w+ )?(?:report|digest"
    r"|summary|recap|newsletter"
    r"|rapport|bilan|resume)(?= *$| (?:for|of|du|de|des|d'|pour|project|is ready|available)|[:(,-]| [-–—])",
    r"(?:rapport|bilan|resume|recap\w*|synthese|point) (?:\w+ )?(?:hebdo\w*|quotidien\w*|mensuel\w*|trimestriel\w*"
    r"|du jour|de la semaine|du mois)"
    r"(?= *$| (?:du|de|des|d'|pour|disponible)|[:(,-]| [-–—])",
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
    "released", "mise en production (?:terminee|reussie|effectuee|prevue)",
    r"(?:backup|dump|sync\w*|import|migration|job|restore|rotation|pipeline|build|tests?)(?: \S+){0,5}?"
    " (?:completed|complete|succeeded|successful(?:ly)?|passed|ok|done|finished)",
    r"(?:sauvegarde|restauration|synchronisation|migration|import|tache|purge|export)s?(?: \S+){0,5}?"
    " (?:termine|reussi|effectue|ok|realise|finalise)(?:e|s|es)?",
    "success(?:ful|fully)?", "avec succes", "reussi(?:e|s|es|te)?", "succeeded", "completed", "new version",
    "nouvelle version", "logged in", "(?:daily|weekly|monthly) (?:report|summary|digest)",
    r"(?:rapport|resume|bilan) (?:quotidien|hebdomadaire|mensuel|du jour|de la semaine)(?! (?:\w+ ){0,3}?(?:deux fois"
    r"|en double|vides?|en retard|non|ne|n'\w+|pas|echou\w*|errone\w*|faux|manqu\w*|incomplet\w*))",
    r"(?:invoice|facture|receipt)s?(?: [\w'-]+){0,4}? (?:available|disponible|is ready|prete|payee?|paid)(?= *$|[.,!])",
    "propagation (?:is |est )?(?:completed?|terminee?|finished|done)",
    r"promot\w+ (?:to|a) \d+ ?(?:%|percent|pour ?cent)", "canary (?:is )?(?:healthy|ok|promoted)",
    r"rotation(?: [\w'-]+){0,4}? (?:effectuee|reussie|terminee|done|completed|succeeded)",
    r"(?:no|aucun) incidents? (?:this|last|in the|over the|today|during|yesterday|cette|ce|sur|aujourd'hui|hier|la)",
    r"mise en prod\w*(?: [\w.'-]+){0,5}? (?:terminee|reussie|effectuee|finie)(?! en echec)",
    r"(?:no|zero|(?<![\d.,])0|aucune?) (?:[\w-]+ )?(?:errors?|erreurs?|anomal\w+|problems?|issues?)(?: \w+)?"
    r" (?:detected|found|reported|in the last|over the last|detectee?s?|trouvee?s?|relevee?s?|constatee?s?)",
    "scal(?:ed|ing) (?:up|down|out|in)", "started", "demarre(?:e)?(?: correctement)?", "heartbeat (?:ok|received)",
    r"(?:user|account|host|server|utilisateur|compte|hote|serveur) (?:\w+ )?(?:created|added|cree|ajoute)\w*",
    r"snapshot (?:\w+ )?(?:created|taken|cree)\w*",
    r"(?:config\w*|configuration) (?:re)?(?:loaded|chargee)",
    r"mises? a jour (?:\w+ )?(?:effectuee|installee|appliquee|terminee)s?", "patch(?:es)? applied",
    r"(?:aura|auront) lieu", r"will take place", r"sera (?:effectue|realise|deploye|livre|mis en ligne)\w*",
    "redeploye(?:e|s|es)?", "finished",
    "for (?:your )?information", "pour (?:votre )?info(?:rmation)?", "fyi",
    "(?:subscription|abonnement|inscription) (?:confirmed|confirmee?)",
    r"(?:known|usual|connue?|habituel\w*) (?:device|location|appareil|poste|ip)",
    r"(?:merged|approved|pushed|opened|reviewed|committed|assigned) (?:by|into|to)",
    r"promoted to(?! (?:primary|master|leader))",
    r"(?:feature )?flags?(?: [\w-]+){0,3}? (?:enabled|turned on|activated|disabled|turned off|active\w*)",
    r"(?:turned on|enabled|activated|rolled out|available|active\w*|disponible|deploye\w*) (?:for|to|pour|chez"
    r"|a) (?:everyone|all|tous|toutes|100)(?: \w+)?",
    r"certificat\w* (?:\w+ )?(?:issued|delivered|installed|delivre|installe|emis)\w*",
    r"^\W*(?:(?:rappel|reminder)\W+)?(?:l')?(?:astreinte|on-?call|permanence)(?: [\w'-]+){0,3}? (?:a partir d|jusqu"
    r"|from"
    r"|until|starts|commence|demarre|cette semaine|this week|ce week|ce soir|tonight)\w*",
    r"remplace\w* \w+ (?:ce|cette|demain|lundi|du|jusqu)",
    r"(?:documentation|docs|wiki|runbook|faq|procedure)s? (?:is |was |has been |a ete |est )?(?:updated|published"
    r"|mise? a jour|publiee?)",
    r"(?:backup|sauvegarde|restore|restauration)s? (?:\w+ )?(?:verified|checked|verifiee?|controlee?|testee?)",
    r"v?\d+(?:\.\d+)+ (?:is |est |now )*(?:live|en ligne|online|en prod\w*|out|dispo\w*)",
    r"(?:cert|certs|certifs?|ssl)(?: \w+)? (?:renewed|renouvele\w*)",
    r"auto ?scal\w* (?:\w+ )?(?:added|removed|launched|started|a ajoute|a retire)",
    r"(?:endpoint|webhook|url|address|email) (?:validation|confirmation|verification|registration)",
    r"(?:you have been|you were|vous avez ete) (?:added|assigned|invited|removed|ajoute|invite|affecte)\w*",
    r"(?:case|ticket|dossier|request|demande) (?:is |was |est )?(?:closed|clos|cloture\w*|ferme\w*)",
    r"s'est (?:tres |plutot )?bien (?:passe|deroule|termine|active|desactive|execute|effectue|lance|synchronise)\w*",
    r"(?:sent|envoye\w*) (?:to|a) (?:all )?\d[\d ,.]* (?:subscribers|abonnes|recipients|destinataires|clients"
    r"|customers)", r"sprint \d+ (?:\w+ )?(?:termine|done|closed|finished|over|demarre|started)\w*",
    r"(?:user |customer |client )?feedback ?:?",
    r"(?:tag|branch|commit|branche)(?: \S+)? (?:pushed|created|merged|poussee?|creee?|fusionnee?)",
    r"(?:zoom|meet|teams|visio) (?:link|lien)", r"200 ok",
    r"(?:integration|webhook|channel|connector|contact point|account|compte|canal) is (?:now )?ready",
    r"(?:passage de consignes?|prend la suite|rien en cours|shift notes|handover notes)",
    r"(?:do not|don't|n'avez) (?:have to |need to |pas a |rien a )(?:do|faire)(?: anything)?",
    r"(?:no|aucune) action (?:is )?(?:required|needed|requise|necessaire|attendue)",
    r"(?:url|endpoint|webhook|domain|channel|address) ?verification", "verification challenge", "handshake",
    r"(?:webhook|integration|channel|canal|source|connector|connecteur|contact point)(?: [\w'-]+){0,3}? (?:verified"
    r"|registered|added|connected|enabled|activated|configured|installed|created|verifie|ajoute|connecte|active"
    r"|configure|installe|cree)e?",
    r"(?:reprend|prend|reprends|prends|assure|takes?(?: over)?|is|hands? over|starts?) (?:the |l'|d'"
    r"|l')?(?:astreinte|on-?call)"
    r"(?: shift| duty)?", "has joined", "a rejoint", "(?:on-?call|astreinte) (?:shift|handover|rotation|changes?)",
    r"(?:subscription ?confirmation|unsubscribe ?confirmation)",
    r"you have chosen to subscribe", r"vous avez choisi de vous abonner",
    r"confirm\w* (?:the |l'|votre |d')?(?:subscription|abonnement)",
    r"(?:on passe|passage|we (?:ship|release|move to|upgrade to)|going to) (?:en |a la |in )?version", "shipped?",
    "launched",
    r"(?:no|aucune?|sans) (?:downtime|coupure|interruption|indisponibilite) (?:expected|attendu|prevu)\w*",
    r"as expected|comme prevu",
    r"informational|informati(?:f|ve)",
    r"certificat\w*(?: [\w.-]+){0,4}? (?:has been |was |a ete )?(?:renewed|renouvele)\w*",
    r"s'est (?:bien )?(?:termine|deroule|passe)\w* (?:sans|avec succes|bien|correctement|normalement)\w*",
)  # fmt: skip

SUSPICIOUS: Final = words(
    r"unknown (?:user|person|actor|ip|source|account|admin\w*|host)",
    r"unexpected\w*",
    r"inconnue?s?(?! au bataillon)",
    r"inattendu\w*",
    r"suspect\w*",
    "suspicious",
    r"unauthori[sz]ed",
    r"non autorise\w*",
    "sans autorisation",
)
"""Nothing that goes with these is good news."""
CHAT: Final = re.compile(
    r"\W*+(?>(?:merci|thanks?(?: you)?|thx|bonjour|bonsoir|salut|coucou|hello|hi|hey|good (?:morning|evening|night|job"
    r"|work|weekend)|bon(?:ne)? (?:week-?end|journee|soiree|nuit|courage|vacances|appetit|fetes?|annee|continuation)"
    r"|have a (?:good|nice|great) \w+|see you(?: \w+)?|a (?:demain|plus|bientot|lundi)|bravo|congrats|congratulations"
    r"|well done|nice(?: work| job)?|great(?: work| job)?|super|top|parfait|perfect|cool|ok|d'accord|bienvenue"
    r"|welcome(?: aboard)?|joyeu\w+ \w+|happy \w+|beaucoup|very much|a lot|so much|a|to|toutes?|tous|et|and"
    r"|all|everyone|everybody|team|l'equipe|tout le monde|les gens|guys|folks|you|for|pour|la|le|les|the"
    r"|aide|help|votre|your|reponse|quick|rapide|encore|again|bien)(?!\w)\W*+)++"
    r"|\W*(?:ping|pong|test|coucou|allo|heart ?beat|keep ?alive)\W*"
    r"|\W*(?:bienvenue|welcome) (?:a|to|chez)(?: [\w'-]+){1,6}\W*"
    r"|(?:merci|thanks?|thank you|bravo|congrat\w+|felicitations) (?:beaucoup )?(?:pour|a|for|to)(?: [\w'-]+){1,5}\W*"
    r"|(?:[\w' -]+ )?(?:dejeuner|lunch|coffee|cafe|pizzas?|croissants|apero|afterwork|anniversaire|birthday|stand-?up"
    r"|team ?building|retro|baby-?foot)(?: [\w':-]+){0,5}\W*"
    r"|(?:qui|who|quelqu'un|anyone|somebody|someone) (?:est|is|'s|prend|takes|has) (?:d'|l'|the |de )?"
    r"(?:astreinte|on-?call|garde|permanence)(?: [\w'-]+){0,5}\W*"
)
"""Nothing but politeness or office life, from beginning to end."""
SOFT: Final = words("for (?:your )?information", "pour (?:votre )?info(?:rmation)?", "fyi")
"""What somebody only wants us to know may be bad nonetheless."""
DENIED: Final = re.compile(r"\b(?:ne|not|cannot|never|pas|plus|nobody|nothing|rien|personne)\b(?! (?:de|d'))|n't|\bn'")

IGNORE: Final = words(
    "(?:please |merci d'|priere d')(?:ignore[rz]?|disregard)", "ne pas tenir compte", "a ignorer",
)  # fmt: skip

WENT_WRONG: Final = re.compile(
    r"^(?!.*\b(?:post-?mortem|compte[- ]rendu|retour d'experience|lessons|root cause|rapport d'incident|incident"
    r" report)\b)"
    r".*\b(?:(?:prevue?|planifiee?|programmee?|planned|scheduled)s? (?:\w+ )?(?:d')?(?:hier|yesterday|last night)"
    r"|(?:a|ont|has|have) (?:tout |mal |just |completely )*(?:casse|plante|echoue|derape|fait tomber|fait planter"
    r"|broken)\w*"
    r"|broke|went wrong|mal (?:passee?s?|tournee?s?)|cassee?s?)(?!\w)"
)
"""What was planned, and did not go as it should."""
PLANNED: Final = words(
    "release notes?", "notes? de version", "change ?log",
    r"(?:planned|scheduled|prevu|planifie|programme)(?:e|s|es)? (?:for|on|pour|le|ce|a) (?:the )?(?:\d{1,2}|\w+day"
    r"|january|february|march|april|may|june|july|august|september|october|november|december|next"
    r"|tonight|tomorrow|soir|week-?end|mois|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|prochain\w*"
    r"|demain)(?! (?:did|n'a|was not|failed))",
    r"(?:done|went|carried out|effectue\w*|realise\w*|fait\w*)? ?(?:as planned|as scheduled|comme convenu)",
    r"(?:sla|uptime|availability|disponibilite|activity|activite) (?:report|rapport|summary|resume)",
    r"^\W*(?:(?:daily|weekly|monthly|quarterly) (?:\w+ )?(?:report|digest|summary|recap)"
    r"|(?:rapport|bilan|resume) (?:quotidien|hebdo\w*|mensuel|journalier))(?= ?[:(,-])"
    r"(?!.*\b(?:fail\w*|echou\w*|echec|errors? in|not|n't|pas|missing|late|manqu\w*|ko|hs|down|vide|empty)\b)",
    r"(?:report|rapport) (?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|q[1-4]|20\d\d|janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre)",

    r"maintenance (?:[\w']+ ){0,2}?(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|demain|ce soir|cette nuit"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|tonight|next week)(?! (?:fail|echou))",
    r"maintenance(?: [\w']+){0,4}? (?:will take place|aura lieu)",
    r"(?:coupure|interruption|arret|redemarrage|travaux|intervention|indisponibilite|outage|downtime"
    r"|shutdown)(?: [\w'-]+){0,4}?"
    r" (?:planifie|prevu|programme|annonce|planned|scheduled)(?:e|s|es)?"
    r" (?:le|pour|demain|ce|cette|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|a partir|du|entre|dans|on|for"
    r"|next|tomorrow)",
    "rien (?:a signaler|de particulier|de special|a declarer)", r"r\.?a\.?s", "nothing (?:to report|special)",
    "all quiet",
    r"pass(?:e|es|ons|era|ent) la main", r"hand(?:s|ing|ed)? over (?:to|the (?:pager|shift|on-?call))",
    r"(?:tout|tous|tous les voyants) (?:est |sont )?(?:au )?verts?", "all green(?= *$|[.,!])",
    r"(?:reunion|meeting|point|standup|atelier|formation|workshop|webinar|entretien)(?: [\w'-]+){0,3}? (?:decale"
    r"|deplace|reporte|annule|prevu|moved|postponed|cancelled|canceled|scheduled)\w*",
    r"(?:point|bilan|resume) (?:hebdo\w*|du jour)",
    r"(?:nouve(?:au|lle)|new) (?:collegue|colleague|recrue|team ?mate|joiner|arrivant\w*|membre|team member)",
    r"(?:rejoint|joins?|joined) (?:l'equipe|the team|our team|notre equipe)",
    r"(?:sans|without) (?:souci|encombre|probleme|erreurs?|incident|errors?|issues?|problems?|any (?:issue|error"
    r"|problem)s?)(?= *$| *[,(])",
    r"(?:verification|confirmation|validation) (?:du |de l'|de votre |d'|de )(?:webhook|abonnement|adresse|url|domaine"
    r"|e-?mail|compte|inscription|integration)",
    r"(?:cliquez|click)(?: \w+){0,3}? (?:pour|to) (?:valider|confirm\w*|activer|activate|verif\w*)",
    r"(?:confirmez|confirm|validez|verify) (?:votre|your|l'|the) (?:adresse|e-?mail|address|abonnement|subscription"
    r"|compte|account|inscription)",

    r"(?:terminated|stopped|removed|drained|launched|killed) by (?:the )?(?:cluster )?(?:auto ?scal\w*|schedul\w*)",
    r"scale[ -](?:in|out) (?:event|activity|completed|policy)",

    "debut de (?:la )?maintenance", "maintenance (?:is )?(?:started|begins)",
    r"(?:scheduled|planned|upcoming) (?:\w+ )?(?:maintenance|outage|downtime|interruption|restart|works?"
    "|upgrade|shutdown)",
    r"maintenance (?:\w+ )?(?:planifiee|prevue|programmee|annoncee|window|scheduled|planned|in progress|en"
    " cours)",
    "(?:coupure|interruption|arret|redemarrage|travaux|intervention|indisponibilite|mise a jour|mises a jour|migration"
    "|mises? en prod(?:uction)?|mep"
    "|deploiement|livraison|bascule)s? (?:planifie|prevu"
    r"|programme|annonce)\w*",
    "(?:for|during|pour|pendant|en) (?:the |la |une |a )?(?:planned |scheduled )?maintenance",
    r"(?:planned|scheduled|prevue?|planifiee?|programmee?)(?: [\w'-]+){0,3} (?:downtime|outage|coupure|interruption"
    r"|restart|redemarrage)",
    r"post-?mortem(?! (?:required|needed|a faire))", "compte[- ]rendu", "retour d'experience", "incident report",
    "rapport d'incident", r"bilan d(?:e|u) (?:la |l')?\w+",
    "lessons learned", "root cause analysis",
)  # fmt: skip
