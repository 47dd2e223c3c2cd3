"""The words by which French and English alerts say what happened; on folded text (no case, no accents).

Ordered from the worst to the mildest within each table. `reading` decides what negations and context make of them.
"""

import re
from typing import Final


def words(*parts: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(parts)})(?!\w)")


GOOD: Final = (
    r"(?:respond(?:ing|s)?|answer(?:ing|s)?|available|reachable|accessible|work(?:ing|s)?|serving|up|online|start(?:ing|ed)?"
    r"|running|load(?:ing|s)?|healthy|connect(?:ed|ing)?|operational|alive|disponibles?|accessibles?|joignables?"
    r"|en ligne|operationnel(?:le)?s?|fonctionnel(?:le)?s?|demarre(?:e|s|es)?|connecte(?:e|s|es)?)"
)
FAILS: Final = r"(?:fail(?:s|ed|ing|ure|ures)?|is failing|broken|echou\w*|en echec|echec)"
VERB_FR: Final = (
    r"(?:repond(?:ent|ait|aient)?|fonctionne(?:nt)?|marche(?:nt)?|demarre(?:nt)?|charge(?:nt)?|affiche(?:nt)?|tourne(?:nt)?"
    r"|ouvre(?:nt)?)"
)
CORE: Final = (
    r"(?:site|web ?site|app|application|api|plat(?:e-?)?form(?:e)?|service|server|serveur|database|data ?base|db|base(?: de donnees)?"
    r"|bdd|postgres\w*|supabase|login|sign ?in|auth\w*|connexion|paiements?|payments?|checkout|front ?end|back ?end|backend"
    r"|reservations?|bookings?)"
)

LOST: Final = words(
    r"(?:user |customer )?data (?:loss|lost|leak\w*|breach\w*|exposed|exposure|corrupt\w*|deleted|wiped|destroyed|stolen)",
    r"(?:loss|leak|theft|exposure|corruption) of (?:\w+ )?(?:user |customer |personal )?(?:data|records|backups)",
    r"(?:lost|leaked|exposed|corrupted|stolen|deleted) (?:\w+ )?(?:user |customer |personal )?(?:data|records|rows|credentials)",
    r"(?:perte|fuite|vol|corruption|suppression|exposition|divulgation) (?:accidentelle |massive )?(?:de |des |d')(?:toutes )?(?:les )?"
    r"(?:donnees|enregistrements|mots de passe|identifiants)",
    r"donnees (?:\w+ )?(?:ont ete |sont |etaient )?(?:perdu|exposee|corrompu|divulgu|supprim|efface|vole|fuite|compromis)\w*",
    r"(?:table|database|base|schema)s? (?:\w+ )?(?:was |a ete |were |ont ete )?(?:dropped|wiped|truncated|corrupt(?:ed)?"
    r"|supprimee?s?|effacee?s?|corrompue?s?|videe?s?)",
    r"(?:security|data) breach", r"breach", r"ransomware", r"rancongiciel", r"intrusion", r"piratage", r"pirate(?:e|s)?",
    r"(?:account|server|system|host|key|token|secret|compte|serveur|cle|jeton)s? (?:\w+ )?(?:compromised|compromise?e?s?|leaked|exposed|exposee?s?|fuite)",
    r"unauthori[sz]ed access", r"acces non autorise",
    r"(?:secret|credential|password|private key|api key|service role key|mot de passe|cle (?:privee|service[ _]role|api))s? "
    r"(?:\w+ ){0,2}(?:leaked|exposed|published|public(?:s|ly)?|exposee?s?|publiee?s?|divulguee?s?|en clair)",
)  # fmt: skip

DOWN: Final = words(
    r"(?<!slow )(?<!slowed )(?<!slowing )(?<!slows )(?<!count)(?<!scale )(?<!scaled )(?<!scaling )(?<!drill )(?<!go )(?<!went )"
    r"(?<!shut )(?<!shutting )(?<!break)(?<!top )(?<!top-)(?<!cool )(?<!wind )down(?! ?(?:to|from|by|load|stream|scal|grade|\d))",
    r"unavailab(?:le|ility)", r"unreachable", r"inaccessible?s?", r"offline", r"outages?", r"downtime", r"unresponsive",
    r"(?:not|n't|cannot|never|no longer|stopped|isnt|arent|doesnt)(?: be| be be)? (?:\w+ly )?" + GOOD,
    r"(?:no|without) (?:response|answer|reply)", r"aucune reponse", r"sans reponse", r"unable to (?:start|connect|reach|boot)",
    r"(?:fail(?:s|ed|ing|ure)?|refus\w+) to (?:start|boot|connect|respond|answer|come up)", r"cannot (?:start|connect|reach|boot)",
    r"connect(?:ion|ions)?(?: to(?: the)? [\w.:-]+)? (?:is |was |has been |are )?(?:lost|refused|fail(?:s|ed|ing|ure|ures)?|dropped|impossible)",
    r"lost (?:the )?connect(?:ion|ivity)", r"connectivity (?:is |was )?lost", r"perte (?:de |de la )?(?:connexion|connectivite)", r"connexions? (?:\w+ ){0,4}?(?:perdue|refusee|impossible|coupee|rompue)s?",
    r"crash(?:es|ed|ing)?", r"crash ?loop(?: ?back ?off)?", r"back ?off restarting", r"boot ?loop", r"restart(?:s|ing|ed)? (?:in a |constantly|continuously|repeatedly|loop)\w*", r"redemarr\w+ en boucle", r"boucle de redemarrage",
    r"dead(?! ?(?:letter|line|man))", r"kernel panic", r"blackout", r"(?:is |has |was |has been |are |been )(?:stopped|exited|killed)",
    r"(?:container|service|process|server|database|db|instance|node|host|app|api|postgres\w*|nginx) (?:\S+ )?(?:stopped|exited|killed|vanished|missing|absent|gone)",
    r"(?:http|error|erreur|status|statut|code|returns?|returned|renvoie|retourne|avec|with|got)(?: (?:code|http|status|of|une?|a|an|erreur|error))*[ :=]*(?:502|503|504|521|522|523)",
    r"(?:502|503|504)(?: -)? (?:bad gateway|service unavailable|gateway time-?out|errors?|sur|on|for|pour|partout)",
    r"bad gateway", r"gateway time-?out", r"white screen", r"blank page", r"page blanche", r"ecran blanc",
    r"un ?healthy", r"health ?checks? (?:\w+ ){0,2}?" + FAILS, FAILS + r" (?:\w+ ){0,2}?(?:the )?(?:liveness |readiness )?(?:health ?check|probe)s?", r"probe (?:is |has )?" + FAILS,
    r"disk (?:\S+ )?(?:is |was |now |completely )*full", r"(?:full|out of) disk", r"no (?:more )?(?:space left|disk space|free space)", r"out of (?:disk )?space",
    r"(?:volume|partition|file ?system|storage|/\S+) (?:is |are |now )*full", r"read ?-?only file ?system",
    r"(?:disque|volume|partition|stockage)s? (?:\S+ )?(?:\w+ )?(?:pleine?s?|sature(?:e|s|es)?)", r"plus (?:d'|de |aucun )(?:espace|place)(?: disque| libre)?",
    r"too many (?:clients|connections)", r"connection slots are reserved", r"(?:connection )?pool (?:is |was |has been |de connexions )?(?:exhausted|epuise)", r"(?:pool de |plus de )connexions? (?:disponibles?|epuise\w*)",
    r"(?:certificat\w*|certificate|cert|domain|domaine|tls|ssl|licen[cs]e|token|jeton|subscription|abonnement)(?: \S+){0,4}? (?:has |is |was |a |est |sont |have |already )*(?:expired|expire[es]?|perimee?s?|invalide?|revoked|revoque)",
    r"(?:expired|invalid|revoked) (?:\w+ )?(?:certificate|cert|certificat|domain|licen[cs]e)",
    r"all (?:the |our )?(?:\w+ )?(?:requests|users|customers|services|instances|nodes|hosts|replicas|payments|logins) (?:are |have |is |get )*(?:fail\w*|down|affected|impacted|errors?|blocked|unavailable|timing out)",
    r"(?:every|each) (?:request|user|customer|page|login|payment) (?:is )?(?:fail\w*|gets?|sees?|affected|blocked|times? out)",
    r"(?:nobody|no ?one|no users?|no customers?) (?:can|is able|are able)(?! be)", r"0 ?/ ?[1-9]\d* (?:\w+ )?(?:available|ready|up|running|healthy|disponibles?|pretes?)",
    r"(?:users?|customers?|clients?|people|visitors) (?:cannot|can't|can not|cant|are unable to|could not|couldn't) (?:log|sign|connect|access|reach|use|pay|book|order|open)\w*",
    r"(?:cannot|can't|can not|unable to|impossible to) (?:log ?in|sign ?in|access the (?:site|app\w*|service|platform)|reach the (?:site|app\w*|service|database)|pay)",
    r"(?:log ?in|sign ?in|auth\w*|payments?|checkout) (?:is |are |has been |completely )*(?:broken|fail(?:s|ed|ing)|impossible|not possible|blocked)",
    r"indisponib(?:les?|ilite)", r"injoignables?", r"inaccessibles?", r"inutilisables?", r"hors[- ](?:service|ligne)", r"hs", r"ko",
    r"en panne", r"panne", r"a l'arret", r"(?:est|sont|a ete|ont ete|s'est) arret(?:e|ee|es|ees)", r"(?:serveur|service|conteneur|base|site|api|application|bdd) (?:\S+ )?arret(?:e|ee|es|ees)",
    r"(?:est |sont |a |ont )?tombe(?:e|s|es)?(?= en panne|[ .,!]*$|[ ,](?:depuis|ce|cette|hier|a |en |sur |dans ))", r"(?:a |ont |vient de |site |serveur |appli\w* |api )plant(?:e|ee|er|es)",
    r"coupure", r"interruption (?:de |du )?(?:service|totale|complete)", r"black-?out",
    r"(?:n'|ne )(?:se |s'|s')?" + VERB_FR + r" (?:plus|pas)(?: du tout| encore| toujours)?", VERB_FR + r" (?:plus|pas)(?! (?:vite|lentement|de|que|rapide|tard))",
    r"(?:n'est|ne sont|n'etait|n'est toujours|n'a|pas|plus|non) (?:plus |pas )?" + GOOD,
    r"plus (?:d'|aucun )acces", r"acces (?:impossible|refuse|perdu)", r"(?:plus personne|personne) ne (?:peut|parvient|arrive)",
    r"(?:tous les|aucun|toutes les|l'ensemble des) (?:utilisateurs?|clients?|usagers?|requetes|pages|voyageurs?)(?: \w+){0,3}? (?:ne peu\w*|en erreur|bloque\w*|impacte\w*|echou\w*|touche\w*|deconnecte\w*|affecte\w*)",
    r"(?:utilisateurs|clients|usagers|voyageurs) ne (?:peuvent|parviennent|arrivent) (?:plus|pas)(?: a)? (?:\S+ )?(?:se |s')?(?:connect|acced|pay|reserv|utilis|ouvr|identif)\w*",
    r"impossible (?:de |d')(?:se |s'|y )?(?:connect|acced|pay|reserv|identif|utiliser l|ouvrir (?:le site|l'app)|joindre|demarr|charger (?:le site|la page d'accueil|l'app))\w*",
    r"(?:connexion|authentification|acces|paiements?|reservation)s? (?:au site |a l'application |utilisateurs? )?(?:est |sont )?(?:impossibles?|bloquee?s?|en echec|en erreur)",
    r"erreurs? (?:http |code )?50[234]", r"total failure", r"complete failure", r"meltdown",
)  # fmt: skip

DEGRADED: Final = words(
    r"slow(?:er|ness|ly|ed|s|ing)?", r"latenc(?:y|ies|e|es)", r"lent(?:e|es|s|ement)?", r"lenteurs?", r"ralenti\w*", r"degrad\w*", r"sluggish",
    r"(?:response|load(?:ing)?) times?", r"temps de (?:reponse|chargement)", r"time ?-?outs?", r"timed out", r"timing out", r"delai (?:depasse|d'attente)", r"expiration du delai",
    r"5xx", r"(?:http|erreurs?|errors?|statut|status|code)(?: \w+)?[ :=]*500", r"500 (?:errors?|internal)", r"internal server errors?", r"erreurs? interne",
    r"errors?", r"erreurs?", r"exceptions?", r"panic", r"traceback", r"saturat\w*", r"sature(?:e|s|es)?", r"saturation", r"overload\w*", r"surcharge\w*", r"exhaust\w*", r"epuise\w*", r"throttl\w*", r"rate ?limit\w*",
    r"backlog", r"lag(?:ging|s)?", r"retards?", r"delay(?:ed|s)?", r"packet loss", r"perte de paquets", r"memory leak", r"fuite (?:de )?memoire", r"oom(?: ?killed)?", r"out of memory", r"plus de memoire",
    r"memoire (?:insuffisante|saturee)", r"redundancy lost", r"perte de redondance", r"deadlocks?", r"interblocage", r"stuck", r"hang(?:s|ing)?", r"hung", r"frozen", r"freez(?:es|ing)", r"figee?s?", r"bloque(?:e|s|es)?", r"blocked",
    FAILS, r"unable", r"cannot", r"can't", r"impossibles?", r"ne (?:peut|peuvent|parvient|parviennent) (?:plus|pas)", r"not (?:possible|sent|delivered|received)", r"perturb\w*", r"dysfonctionne\w*", r"anomalies?", r"instab(?:le|les|ilite|ility)", r"unstable", r"intermitt\w*", r"flapping",
    r"missed|missing|manquantes?|absent(?:e|es|s)?", r"overdue", r"too old", r"trop ancien\w*", r"trop long\w*", r"non envoyee?s?", r"(?:interrompu|perdu)(?:e|s|es)?", r"lost",
)  # fmt: skip

PRESSURE: Final = words(
    r"high (?:cpu|memory|load|disk|usage|swap|traffic|temperature|connection)(?: \w+)?", r"(?:cpu|memory|load|disk|swap|ram) (?:\w+ ){0,2}?(?:high|critical|pressure|exceed\w*|above|over)",
    r"(?:cpu|memoire|charge|ram|swap|disque|trafic) (?:\w+ ){0,2}?(?:elevee?s?|haute?s?|forte?s?|critique|au-dessus|depasse\w*)", r"charge (?:\w+ )?(?:elevee|anormale)", r"queue (?:\w+ ){0,2}?(?:full|growing|long|high)", r"file d'attente (?:\w+ ){0,2}?(?:pleine|longue|croissante)",
    r"load average", r"error rate", r"taux d'erreurs?", r"high (?:error|failure) rate", r"above (?:the )?threshold", r"exceeds? (?:the )?threshold", r"seuil (?:\w+ )?depasse",
)  # fmt: skip

MINOR: Final = words(
    r"typos?", r"cosmeti\w*", r"cosmetiques?", r"fautes? (?:de frappe|d'orthographe)", r"coquilles?", r"spelling", r"misaligned", r"mal (?:aligne|affiche)\w*", r"alignement",
    r"bugs?", r"deprecat\w*", r"obsolete\w*", r"404", r"broken link", r"lien (?:casse|mort)", r"(?:builds?|pipelines?|tests?|lint\w*|ci|workflow) (?:\w+ ){0,3}?" + FAILS, r"echec (?:du |des |de la )?(?:build|pipeline|tests?|ci|compilation)",
    r"(?:disk|disque|storage|stockage) (?:space )?(?:\w+ ){0,2}?(?:low|faible|running low|filling|se remplit|bientot plein)", r"low (?:disk )?space", r"(?:peu d'|manque d')espace(?: disque)?", r"running (?:low|out)",
    r"(?:was |has |a |ont |been |a ete )?restarted", r"redemarre(?:e|s)?", r"drift", r"clock skew", r"mise a jour (?:disponible|recommandee|requise)", r"update available", r"vulnerabilit(?:y|ies|es?)", r"retry|retries|retried",
)  # fmt: skip

OVER: Final = words(
    r"(?<!un)resolved", r"recovered", r"restored", r"cleared", r"(?:is |are |was )?back (?:to normal|online|up|in service|again)", r"(?:returned|return) to normal", r"(?:all|everything) (?:is )?(?:ok|fine|good|normal)(?: again)?",
    r"(?:is|are) (?:now |back )?(?:up(?! ?(?:by|to|from|for|\d))|ok|healthy|online|operational|reachable|available|normal|fine)(?: again)?", r"(?:up|available|working|reachable|online|healthy) again", r"now (?:up|ok|healthy|available|online)",
    r"no longer (?:down|unavailable|failing|unreachable|firing|offline|slow|degraded|unhealthy|full|unresponsive|blocked)", r"(?:incident|alert|outage|issue|problem) (?:is |has been |was )?(?:over|closed|fixed|ended|resolved|cleared|solved)", r"end of (?:the )?(?:incident|outage|alert)", r"fixed", r"solved", r"recovery",
    r"resolu(?:e|s|es)?", r"retabli(?:e|s|es|ssement)?", r"restaure(?:e|s|es)?", r"retour (?:a la normale|en ligne|au vert|a un etat normal)", r"(?:de|a) nouveau (?:disponible|accessible|operationnel|en ligne|fonctionnel|joignable|normal|up)\w*", r"(?:re)fonctionne(?:nt)? (?:a |de )nouveau", r"refonctionne(?:nt)?", r"revenu(?:e|s|es)? (?:a la normale|en ligne|a un)",
    r"(?:tout est|tout va|est|sont) (?:bien |desormais |maintenant )?(?:rentre\w* dans l'ordre|ok|bien|stable|normal\w*)", r"(?:n'est|ne sont) plus (?:indisponible|en panne|down|degrade|injoignable|inaccessible|sature|bloque|hors)\w*", r"fin (?:de |d'|de l'|du )(?:incident|alerte|panne|coupure|probleme|l'incident)", r"(?:incident|alerte|panne|probleme) (?:est |maintenant )*(?:clos\w*|terminee?|fini\w*|regle\w*|leve\w*|corrige\w*)", r"corrige(?:e|s|es)?",
)  # fmt: skip

TEST: Final = words(
    r"(?:this is |ceci est |c'est )?(?:a |an |un |une |juste un )?(?:test|demo|dummy|sample|fake|example) (?:alert|alarm|notification|message|incident|event|page|webhook|d'alerte|de notification)\w*", r"(?:this is|just|only) (?:a |an )?(?:test|drill|demo\w*)",
    r"(?:ceci est|c'est|il s'agit d') ?(?:juste |seulement |bien )?(?:d'|un |une )*(?:test|essai|exercice|demonstration)", r"(?:alerte|notification|message|incident|page) (?:de |d')(?:test|essai|demonstration|demo|exemple)", r"for demonstration(?: purposes?)?", r"(?:please |merci d')ignore[rz]?", r"ne pas tenir compte", r"a ignorer", r"exercice(?: d'astreinte| de crise| incident)?", r"fire ?drill", r"send test",
)  # fmt: skip
TEST_TAG: Final = re.compile(
    r"^\s*(?:\[\w+\]\s*)*(?:\[\s*(?:test|exercice|drill|demo)\s*\]|test\s*:|test\s*$|test alert\s*$)"
)
NEWS: Final = words(
    r"deployed", r"deploy(?:ment|ments)?(?: \S+){0,4}? (?:finished|succeeded|successful\w*|completed|complete|started|done|in progress|ok)", r"deploiement(?: \S+){0,5}? (?:termine|reussi|lance|effectue|en cours|ok|demarre|fini)", r"deploye(?:e|s|es)?", r"released?", r"mise en production (?:terminee|reussie|effectuee|prevue)",
    r"(?:backup|dump|sync\w*|import|migration|job|restore|rotation|pipeline|build|tests?)(?: \S+){0,5}? (?:completed|complete|succeeded|successful(?:ly)?|passed|ok|done|finished)", r"(?:sauvegarde|restauration|synchronisation|migration|import|tache|purge|export)s?(?: \S+){0,5}? (?:termine|reussi|effectue|ok|realise|finalise)(?:e|s|es)?", r"success(?:ful|fully)?", r"avec succes", r"reussi(?:e|s|es|te)?", r"succeeded", r"completed",
    r"new version", r"nouvelle version", r"logged in", r"(?:daily|weekly|monthly) (?:report|summary|digest)", r"(?:rapport|resume|bilan) (?:quotidien|hebdomadaire|mensuel|du jour|de la semaine)", r"scal(?:ed|ing) (?:up|down|out|in)", r"started", r"demarre(?:e)?(?: correctement)?", r"heartbeat (?:ok|received)", r"for (?:your )?information", r"pour (?:votre )?information",
)  # fmt: skip
PLANNED: Final = words(
    r"(?:scheduled|planned|upcoming) (?:\w+ )?(?:maintenance|outage|downtime|interruption|restart|work|upgrade|shutdown)", r"maintenance (?:\w+ )?(?:planifiee|prevue|programmee|annoncee|window|scheduled|planned|in progress|en cours)", r"(?:coupure|interruption|arret|redemarrage|travaux|intervention|indisponibilite)s? (?:planifie|prevu|programme|annonce)\w*", r"(?:for|during|pour|pendant|en) (?:the |la |une |a )?(?:planned |scheduled )?maintenance",
)  # fmt: skip
NO_IMPACT: Final = words(
    r"no (?:\w+ )?(?:user |customer |service |production |business )?(?:impact|effect)(?: on \w+)?", r"(?:aucun|sans|pas d')(?: |')?(?:impact|effet|consequence)\w*", r"(?:users?|customers?|service) (?:are |is )?(?:not|un)[ -]?(?:affected|impacted)", r"(?:utilisateurs|service|clients) non (?:impacte|affecte|touche)\w*", r"n(?:on|ot)[ -]?(?:blocking|bloquante?s?|urgent|critical|critique)s?", r"(?:minor|mineure?|trivial) (?:bug|issue|defect|glitch|probleme|anomalie|defaut)", r"(?:bug|defaut|anomalie|probleme) mineure?", r"cosmeti\w*", r"contournement (?:possible|disponible)", r"workaround (?:exists|available)",
)  # fmt: skip
PARTIAL: Final = words(
    r"some", r"certaine?s?", r"quelques", r"partial(?:ly)?", r"partielle?(?:ment)?s?", r"partiel", r"intermitt\w*", r"sporadi\w*", r"par moments", r"occasional(?:ly)?", r"sometimes", r"parfois", r"de temps en temps",
    r"(?:one|1|a single|un|une|un seul|une seule) (?:of|sur|user|customer|utilisateur|client|replica|replique|noeud|node|worker|instance (?:sur|of|out))\w*", r"redundan(?:t|cy)", r"redondan(?:t|ce)\w*", r"fail(?:ed)? ?over", r"bascule(?:e|ment)?", r"degraded", r"mode degrade", r"a few", r"minorit[ey]", r"one (?:page|feature|region|endpoint)", r"une? (?:page|fonctionnalite|region)", r"beta",
)  # fmt: skip
SIDE: Final = words(  # not what users came for: its outage is a degraded function, whatever stands around it
    r"monitoring", r"supervision", r"grafana", r"prometheus", r"alertmanager", r"exporter", r"metrics?", r"metriques?", r"log(?:s|ging)?", r"kibana", r"sentry", r"replicas?", r"repliques?", r"standby", r"secondary", r"secondaire", r"slave", r"backups?", r"sauvegardes?", r"ci", r"pipeline", r"build", r"runner", r"documentation", r"docs", r"wiki", r"cron ?(?:job|tab)?s?", r"tache planifiee", r"batch", r"newsletter", r"mailing", r"statisti\w*", r"analytics", r"avatars?", r"exports?", r"pdf",
)  # fmt: skip
FEATURE: Final = words(
    r"e-?mails?", r"mails?", r"courriels?", r"sms", r"search", r"recherche", r"rapports?", r"reports?", r"reporting", r"dashboards?", r"tableau(?:x)? de bord", r"images?", r"photos?", r"upload\w*", r"televersement", r"imports?", r"push", r"notifications?", r"webhooks?", r"workers?", r"queue", r"file d'attente", r"cache", r"back-?office", r"admin\w*", r"chat", r"commentaires?", r"comments?", r"filtres?", r"button", r"bouton", r"favoris", r"historique", r"history", r"traductions?", r"fonctionnalites?", r"features?", r"function",
)  # fmt: skip
CORE_NEARBY: Final = words(
    CORE, r"all", r"tou(?:s|te|tes|t)", r"entire", r"whole", r"production", r"nobody", r"personne"
)
HYPOTHETICAL: Final = words(
    r"may", r"might", r"could(?! not)", r"would", r"will (?:be|become|go|run|fail|stop)", r"if", r"risks?", r"risques?", r"at risk", r"pourrai(?:t|ent)", r"peu(?:t|vent) (?:devenir|tomber|entrainer|provoquer|causer|etre)", r"risque de", r"si", r"devrait", r"bientot", r"soon", r"predict\w*", r"prevision", r"about to", r"sur le point", r"potenti\w*", r"en cas de", r"before", r"avant", r"to avoid", r"pour eviter",
)  # fmt: skip
NEGATED: Final = re.compile(
    r"(?:\b(?:no|not|never|without|isn't|aren't|wasn't|zero|0|aucune?|sans|pas|plus|non|jamais|nothing|rien|no longer|not yet|neither|ni)|n't)"
    r"(?: (?:de|d'|des|any|a|an|the|en|more|currently|actuellement|longer|encore|fully|completely|entierement|totalement|be|been|visible|new|other))*[ ']*$"
)
NOT_OVER: Final = re.compile(
    r"(?:\b(?:not|never|un|until|once|when|to be|will be|cannot be|can't be|could not be|be|non|pas|toujours pas|jusqu'a|quand|lorsque|fois|sera|seront|etre|failed to be|n't|fails?)"
    r"(?: (?:yet|encore|been|fully|completely|entierement|totalement|be|is|has|completement|a ete))*[ -]*$)"
)
CLAUSES: Final = re.compile(
    r"[.;!?\n|]+(?=\s|$)|\n|\s(?:mais|but|however|cependant|toutefois|although|though|alors que|while|neanmoins|sauf|except)\s|,?\s(?:yet|still|toujours|reste|restent)\s"
)
SHARE: Final = re.compile(r"\b(\d{1,3}) ?(?:of|out of|sur|/) ?(?:the |les )?(\d{1,3})(?!\d|%| ?%|/)")
ENDS_OR_FILLS: Final = re.compile(r"expir|full|plein|satur|fill|space|espace")
