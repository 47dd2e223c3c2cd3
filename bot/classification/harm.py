"""What went wrong, in the words of French and English alerts; on folded text (no case, no accents).

`reading` decides what negations and context make of a match.
"""

from typing import Final

from bot.classification.patterns import words

GOOD: Final = (
    "(?:respond(?:ing|s)?|answer(?:ing|s)?|available|reachable|accessible|work(?:ing|s)?|serving|up|online"
    "|start(?:ing|ed)?|running|load(?:ing|s)?|healthy|connect(?:ed|ing)?|operational|alive|disponibles?"
    "|accessibles?|joignables?|en ligne|operationnel(?:le)?s?|fonctionnel(?:le)?s?|demarre(?:e|s|es)?"
    "|connecte(?:e|s|es)?)"
)
FAILS: Final = r"(?:fail(?:s|ed|ing|ure|ures)?|is failing|broken|echou\w*|en echec|echec)"
VERB_FR: Final = (
    "(?:repond(?:ent|ait|aient)?|fonctionne(?:nt)?|marche(?:nt)?|demarre(?:nt)?|charge(?:nt)?|affiche(?:nt)?"
    "|tourne(?:nt)?|ouvre(?:nt)?)"
)

LOST: Final = words(
    r"(?:backup|sauvegarde)s? (?:\w+ )?(?:were |was |a ete |ont ete )?"
    "(?:deleted|lost|supprimee?s?|perdue?s?|effacee?s?)",
    r"(?:passwords?|mots? de passe) (?:\w+ )?(?:in clear ?text|in plain ?text|en clair)",
    r"(?:base|bdd|database|table|index|sauvegarde|backup)s? (?:\w+ )?(?:est |is )?(?:corrompue?s?|corrupt(?:ed)?)",
    r"(?:user |customer )?data (?:loss|lost|leak\w*|breach\w*|exposed|exposure|corrupt\w*|deleted|wiped"
    "|destroyed|stolen)",
    r"(?:loss|leak|theft|exposure|corruption) of (?:\w+ )?(?:user |customer |personal )?(?:data|records|backups)",
    r"(?:lost|leaked|exposed|corrupted|stolen|deleted) (?:\w+ )?(?:user |customer |personal )?(?:data|records"
    "|rows|credentials)",
    "(?:perte|fuite|vol|corruption|suppression|exposition|divulgation) (?:accidentelle |massive )?(?:de |des"
    " |d')(?:toutes )?(?:les )?(?:donnees|enregistrements|mots de passe|identifiants)",
    r"donnees (?:\w+ )?(?:ont ete |sont |etaient )?(?:perdu|exposee|corrompu|divulgu|supprim|efface|vole"
    r"|fuite|compromis)\w*",
    r"(?:table|database|base|schema)s? (?:\w+ )?(?:was |a ete |were |ont ete )?(?:dropped|wiped|truncated"
    "|corrupt(?:ed)?|supprimee?s?|effacee?s?|corrompue?s?|videe?s?)",
    "(?:security|data) breach", "breach", "ransomware", "rancongiciel", "intrusion", "piratage", "pirate(?:e|s)?",
    r"(?:account|server|system|host|key|token|secret|compte|serveur|cle|jeton)s? (?:\w+ )?(?:compromised"
    "|compromise?e?s?|leaked|exposed|exposee?s?|fuite)",
    "unauthori[sz]ed access", "acces non autorise",
    "(?:secret|credential|password|private key|api key|service role key|mot de passe|cle (?:privee|service["
    r" _]role|api))s? (?:\w+ ){0,2}(?:leaked|exposed|published|public(?:s|ly)?|exposee?s?|publiee?s?"
    "|divulguee?s?|en clair)",
)  # fmt: skip

DOWN: Final = words(
    r"refus(?:es|ing|ed) (?:all |every )?(?:new )?connections?", r"closed the connection(?: unexpectedly)?",
    r"(?:plus|pas) (?:aucun |d'|de )?(?:backend|instance|replique|serveur)s? (?:sain|disponible|actif|active)e?s?",
    "dns resolution fails", "(?:could|can) ?not resolve",
    "econn(?:refused|reset)", r"(?:isn't|aren't|won't|doesn't|can't|couldn't|didn't) (?:\w+ly )?(?:be )?" + GOOD,
    "power (?:failure|outage|loss)", "eteinte?s?", "perte (?:totale|complete)", "read-?only mode", "mode lecture seule",
    "(?:service|site|application|serveur|trafic)s? (?:est |sont |a ete )?interrompue?s?",
    r"connexions? (?:\w+ ){0,5}?(?:a ete |est |sont )?(?:perdue|coupee|rompue)s?",
    r"(?:toutes les|chaque|all|every) (?:pages?|requetes?|requests?|appels?)"
    r" (?:\w+ ){0,3}?(?:en )?(?:erreurs?|errors?|500)",
    "(?<!slow )(?<!slowed )(?<!slowing )(?<!slows )(?<!count)(?<!scale )(?<!scaled )(?<!scaling )(?<!drill"
    " )(?<!go )(?<!went )(?<!shut )(?<!shutting )(?<!break)(?<!top )(?<!top-)(?<!cool )(?<!wind )down(?!"
    r" ?(?:to|from|by|load|stream|scal|grade|\d))",
    "unavailab(?:le|ility)", "unreachable", "inaccessible?s?", "offline", "outages?", "downtime", "unresponsive",
    r"(?:not|n't|cannot|never|no longer|stopped|isnt|arent|doesnt)(?: be| be be)? (?:\w+ly )?" + GOOD,
    "(?:no|without) (?:response|answer|reply)", "aucune reponse", "sans reponse",
    "unable to (?:start|connect|reach|boot)",
    r"(?:fail(?:s|ed|ing|ure)?|refus\w+) to (?:start|boot|connect|respond|answer|come up)",
    "cannot (?:start|connect|reach|boot)",
    r"connect(?:ion|ions)?(?: to(?: the)? [\w.:-]+)? (?:is |was |has been |are )?(?:lost|refused|fail(?:s|ed"
    "|ing|ure|ures)?|dropped|impossible)",
    "lost (?:the )?connect(?:ion|ivity)", "connectivity (?:is |was )?lost",
    "perte (?:de |de la )?(?:connexion|connectivite)",
    r"connexions? (?:\w+ ){0,4}?(?:perdue|refusee|impossible|coupee|rompue)s?", "crash(?:es|ed|ing)?",
    "crash ?loop(?: ?back ?off)?", "back ?off restarting", "boot ?loop",
    r"restart(?:s|ing|ed)? (?:in a |constantly|continuously|repeatedly|loop)\w*", r"redemarr\w+ en boucle",
    "boucle de redemarrage", "dead(?! ?(?:letter|line|man))", "kernel panic", "blackout",
    "(?:is |has |was |has been |are |been )(?:stopped|exited|killed)",
    r"(?:container|service|process|server|database|db|instance|node|host|app|api|postgres\w*|nginx) (?:\S+"
    " )?(?:stopped|exited|killed|vanished|missing|absent|gone)",
    "(?:http|error|erreur|status|statut|code|returns?|returned|renvoie|retourne|avec|with|got)(?: (?:code"
    "|http|status|of|une?|a|an|erreur|error))*[ :=]*(?:502|503|504|521|522|523)",
    "(?:502|503|504)(?: -)? (?:bad gateway|service unavailable|gateway time-?out|errors?|sur|on|for|pour"
    "|partout)",
    "bad gateway", "gateway time-?out", "white screen", "blank page", "page blanche", "ecran blanc", "un ?healthy",
    r"health ?checks? (?:\w+ ){0,2}?" + FAILS,
    FAILS + r" (?:\w+ ){0,2}?(?:the )?(?:liveness |readiness )?(?:health ?check|probe)s?",
    r"probe (?:is |has )?" + FAILS, r"disk (?:\S+ )?(?:is |was |now |completely )*full", "(?:full|out of) disk",
    "no (?:more )?(?:space left|disk space|free space)", "out of (?:disk )?space",
    r"(?:volume|partition|file ?system|storage|/\S+) (?:is |are |now )*full", "read ?-?only file ?system",
    r"(?:disque|volume|partition|stockage)s? (?:\S+ )?(?:\w+ )?(?:pleine?s?|sature(?:e|s|es)?)",
    "plus (?:d'|de |aucun )(?:espace|place)(?: disque| libre)?", "too many (?:clients|connections)",
    "connection slots are reserved",
    "(?:connection )?pool (?:is |was |has been |de connexions )?(?:exhausted|epuise)",
    r"(?:pool de |plus de )connexions? (?:disponibles?|epuise\w*)",
    r"(?:certificat\w*|certificate|cert|domain|domaine|tls|ssl|licen[cs]e|token|jeton|subscription"
    r"|abonnement)(?: \S+){0,4}? (?:has |is |was |a |est |sont |have |already )*"
    "(?:expired|expirae?s?|(?<=a )expire|(?<=est )expire|perimee?s?|invalide?|revoked|revoque)",
    r"(?:expired|invalid|revoked) (?:\w+ )?(?:certificate|cert|certificat|domain|licen[cs]e)",
    r"all (?:the |our )?(?:\w+ )?(?:requests|users|customers|services|instances|nodes|hosts|replicas|payments"
    r"|logins) (?:are |have |is |get )*(?:fail\w*|down|affected|impacted|errors?|blocked|unavailable|timing out)",
    r"(?:every|each) (?:request|user|customer|page|login|payment) (?:is )?(?:fail\w*|gets?|sees?|affected"
    "|blocked|times? out)",
    "(?:nobody|no ?one|no users?|no customers?) (?:can|is able|are able)(?! be)",
    r"0 ?/ ?[1-9]\d* (?:\w+ )?(?:available|ready|up|running|healthy|disponibles?|pretes?)",
    "(?:users?|customers?|clients?|people|visitors) (?:cannot|can't|can not|cant|are unable to|could not"
    r"|couldn't) (?:log|sign|connect|access|reach|use|pay|book|order|open)\w*",
    r"(?:cannot|can't|can not|unable to|impossible to) (?:log ?in|sign ?in|access the (?:site|app\w*|service"
    r"|platform)|reach the (?:site|app\w*|service|database)|pay)",
    r"(?:log ?in|sign ?in|auth\w*|payments?|checkout) (?:is |are |has been |completely )*(?:broken|fail(?:s"
    "|ed|ing)|impossible|not possible|blocked)",
    "indisponib(?:les?|ilite)", "injoignables?", "inaccessibles?", "inutilisables?", "hors[- ](?:service|ligne)",
    "hs", "ko", "en panne", "panne", "a l'arret", "(?:est|sont|a ete|ont ete|s'est) arret(?:e|ee|es|ees)",
    r"(?:serveur|service|conteneur|noe?ud|base|site|api|application|bdd) (?:\S+ )?arret(?:e|ee|es|ees)",
    "(?:est |sont |a |ont )?tombe(?:e|s|es)?(?= en panne|[ .,!]*$|[ ,](?:depuis|ce|cette|hier|a |en |sur "
    "|dans ))",
    r"(?:a |ont |vient de |site |serveur |appli\w* |api )plant(?:e|ee|er|es)", "coupure",
    "interruption (?:de |du )?(?:service|totale|complete)", "black-?out",
    r"(?:n'|ne )(?:se |s'|s')?" + VERB_FR + r" (?:toujours |encore )?(?:plus|pas)(?: du tout| encore| toujours)?",
    VERB_FR + r" (?:plus|pas)(?! (?:vite|lentement|de|que|rapide|tard))",
    r"(?:n'est|ne sont|n'etait|n'est toujours|n'a|pas|plus|non) (?:plus |pas )?" + GOOD, "plus (?:d'|aucun )acces",
    "acces (?:impossible|refuse|perdu)", "(?:plus personne|personne) ne (?:peut|parvient|arrive)",
    "(?:tous les|aucun|toutes les|l'ensemble des) (?:utilisateurs?|clients?|usagers?|requetes|pages"
    r"|voyageurs?)(?: \w+){0,3}? (?:ne peu\w*|en erreur|bloque\w*|impacte\w*|echou\w*|touche\w*|deconnecte\w*"
    r"|affecte\w*)",
    "(?:utilisateurs|clients|usagers|voyageurs) ne (?:peuvent|parviennent|arrivent) (?:plus|pas)(?: a)?"
    r" (?:\S+ )?(?:se |s')?(?:connect|acced|pay|reserv|utilis|ouvr|identif)\w*",
    "impossible (?:de |d')(?:se |s'|y )?(?:connect|acced|pay|reserv|identif|utiliser l|ouvrir (?:le site"
    r"|l'app)|joindre|demarr|charger (?:le site|la page d'accueil|l'app))\w*",
    "(?:connexion|authentification|acces|paiements?|reservation)s? (?:au site |a l'application "
    "|utilisateurs? )?(?:est |sont )?(?:impossibles?|bloquee?s?|en echec|en erreur)",
    "erreurs? (?:http |code )?50[234]", "total failure", "complete failure", "meltdown",
)  # fmt: skip

DEGRADED: Final = words(
    "slow(?:er|ness|ly|ed|s|ing)?", "latenc(?:y|ies|e|es)", "lent(?:e|es|s|ement)?", "lenteurs?", r"ralenti\w*",
    r"degrad\w*", "sluggish", "(?:response|load(?:ing)?) times?", "temps de (?:reponse|chargement)",
    "time ?-?outs?", "timed out", "timing out", "delai (?:depasse|d'attente)", "expiration du delai", "5xx",
    r"(?:http|erreurs?|errors?|statut|status|code)(?: \w+)?[ :=]*500", "500 (?:errors?|internal)",
    "internal server errors?", "erreurs? interne", "errors?", "erreurs?", "exceptions?", "panic", "traceback",
    r"saturat\w*", "sature(?:e|s|es)?", "saturation", r"overload\w*", r"surcharge\w*", r"exhaust\w*", r"epuise\w*",
    r"throttl\w*", r"rate ?limit\w*", "backlog", "lag(?:ging|s)?", "retards?", "delay(?:ed|s)?", "packet loss",
    "perte de paquets", "memory leak", "fuite (?:de )?memoire", "oom(?: ?killed)?", "out of memory",
    "plus de memoire", "memoire (?:insuffisante|saturee)", "redundancy lost", "perte de redondance", "deadlocks?",
    "interblocage", "stuck", "hang(?:s|ing)?", "hung", "frozen", "freez(?:es|ing)", "figee?s?", "bloque(?:e|s|es)?",
    "blocked", FAILS, "unable", "cannot", "can't", "impossibles?",
    "ne (?:peut|peuvent|parvient|parviennent) (?:plus|pas)", "not (?:possible|sent|delivered|received)",
    r"perturb\w*", r"dysfonctionne\w*", "anomalies?", "instab(?:le|les|ilite|ility)", "unstable", r"intermitt\w*",
    "flapping", "missed|missing|manquantes?|absent(?:e|es|s)?", "overdue", "too old", r"trop ancien\w*",
    r"trop long\w*", "non envoyee?s?", "(?:interrompu|perdu)(?:e|s|es)?", "lost",
)  # fmt: skip

PRESSURE: Final = words(
    r"high (?:cpu|memory|load|disk|usage|swap|traffic|temperature|connection)(?: \w+)?",
    r"(?:cpu|memory|load|disk|swap|ram) (?:\w+ ){0,2}?(?:high|critical|pressure|exceed\w*|above|over)",
    r"(?:cpu|memoire|charge|ram|swap|disque|trafic) (?:\w+ ){0,2}?(?:elevee?s?|haute?s?|forte?s?|critique"
    r"|au-dessus|depasse\w*)",
    r"charge (?:\w+ )?(?:elevee|anormale)", r"queue (?:\w+ ){0,2}?(?:full|growing|long|high)",
    r"file d'attente (?:\w+ ){0,2}?(?:pleine|longue|croissante)", "load average", "error rate", "taux d'erreurs?",
    "high (?:error|failure) rate", "above (?:the )?threshold", "exceeds? (?:the )?threshold",
    r"seuil (?:\w+ )?depasse",
)  # fmt: skip

MINOR: Final = words(
    "typos?", r"expir\w*", "minor", "mineure?s?", "glitch", r"cosmeti\w*", "cosmetiques?",
    "fautes? (?:de frappe|d'orthographe)", "coquilles?", "spelling",
    "misaligned", r"mal (?:aligne|affiche)\w*", "alignement", "bugs?", r"deprecat\w*", r"obsolete\w*", "404",
    "broken link", "lien (?:casse|mort)",
    r"(?:builds?|pipelines?|tests?|lint\w*|ci|workflow) (?:\w+ ){0,3}?" + FAILS,
    "echec (?:du |des |de la )?(?:build|pipeline|tests?|ci|compilation)",
    r"(?:disk|disque|storage|stockage) (?:space )?(?:\w+ ){0,2}?(?:low|faible|running low|filling|se remplit"
    "|bientot plein)",
    "low (?:disk )?space", "(?:peu d'|manque d')espace(?: disque)?", "running (?:low|out)",
    "(?:was |has |been )?restarted", "redemarre(?:e|s)?", "drift", "clock skew",
    "mise a jour (?:disponible|recommandee|requise)", "update available", "vulnerabilit(?:y|ies|es?)",
    "retry|retries|retried",
)  # fmt: skip
