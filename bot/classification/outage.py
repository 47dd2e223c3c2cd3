"""The plain words for what is out of order: down, unreachable, hors service; `harm` has the turns of phrase."""

from typing import Final

from bot.classification.patterns import parts
from bot.classification.vocabulary import CHECKED, CORE, FAILING, FAILS, GOOD, PERSON, VERB_FR

OUT_OF_ORDER: Final = parts(
    "disappeared(?: from target discovery)?", "absent from target discovery", "not scheduled anywhere",
    r"(?:totalement|completement|entierement|totally|completely|entirely|fully) (?:coupe|down|hs|ko|mort|casse|off"
    r"|plante"
    r"|inutilisable|unusable|broken|dead|bloque|blocked|en rade)\w*", "en rade", "en carafe", "indispos?",
    "not (?:up|alive)", "nothing (?:answers|responds|works|loads|is usable|usable|is reachable)",
    r"(?:plus )?rien (?:ne |n'|qui )(?:repond|marche|fonctionne|va plus|charge|passe|s'affiche|s'ouvre)\w*",
    r"refus(?:es|ing|ed) (?:all |every )?(?:new )?connections?", r"closed the connection(?: unexpectedly)?",
    r"(?:plus|pas) (?:aucun |d'|de )?(?:backend|instance|replique|serveur)s? (?:sain|disponible|actif|active)e?s?",
    r"(?:can't|cannot|can not|could not|couldn't|cant) be (?:reached|accessed|contacted|joined)",
    r"ne peu\w+ (?:pas|plus) etre (?:joint|atteint|contact|ouvert)\w*",
    rf"{CORE}(?: [\w.'-]+){{0,2}}? (?:has |have |had |just )?(?:gone|went|goes|going) down(?! (?:to|from|by|\d))",
    rf"{CORE} (?:est |sont |a |ont )?tombee?s?(?! (?:a|au|sous|de|en|d') ?\w)",
    r"(?:browsers?|navigateurs?) (?:block|refuse|reject|bloqu|refus|rejett)\w* (?:the |our |le |notre )?site",
    r"expire(?= depuis)",
    rf"(?:home ?page|accueil|landing page|web ?site) (?:\w+ )?{FAILS}",
    r"connections? (?:is |are )?reset(?: by peer)? (?:on|for|from|by) (?:all|every) \w+",
    r"(?:traffic|trafic|throughput|debit|requests?|requetes?|orders?|commandes|ventes|sales|bookings?|reservations"
    r"|logins?"
    r"|payments?|paiements|transactions)(?: \w+){0,3}? (?:dropped|fell|down|plunged|chut\w+|baiss\w+|s'effondr\w+"
    r"|en baisse)(?: \w+)?(?: by| of| de)? (?:9\d|100)(?:[.,]\d+)? ?(?:%|pour ?cent)",
    "unusable",
    r"(?:base|bdd|serveur|service|conteneur|pod|site|vm|instance|cluster)s? (?:\w+ )?ne monte(?:nt)? (?:plus|pas)",
    "(?:infinite|endless|never-ending|perpetual|eternal) (?:spinn(?:er|ing)|load(?:er|ing)?|loop)",
    "(?:chargements?|sablier|roue|spinner|loader|boucle) (?:infinie?|sans fin|interminable|perpetuel|eternel)s?",
    r"(?:returns?|returning|renvoie\w*|gets?|got|receives?|recoi\w*)(?: an?| une?| des| the)?(?: http| errors?"
    r"| erreurs?)* 40[13]s?(?: \w+){0,2}? (?:to|for|a|pour|chez) (?:everyone|everybody|all|every \w+"
    r"|tout le monde|tous|toutes)",
    r"(?:aucune?|zero) (?:vente|commande|reservation|paiement|encaissement|course|livraison)s? (?:depuis|aujourd'hui"
    r"|en \d|sur les? \d)",
    "dns resolution fails", "(?:could|can) ?not resolve",
    "econn(?:refused|reset|aborted)", "enospc", "e(?:timedout|hostunreach|netunreach|notfound)", "eai again",
    r"(?:socket|connection|connexion|plugin) timed?[- ]?out (?:after|apres) \d+(?:\.\d+)? ?(?:ms|s|secs?"
    r"|seconds?|secondes?)",
    r"(?:isn't|aren't|won't|doesn't|can't|couldn't|didn't) (?:\w+ly )?(?:be )?" + GOOD,
    "power (?:failure|outage|loss)", "(?:est |sont |ete )eteinte?s?", "perte (?:totale|complete)", "read-?only mode",
    "mode lecture seule",
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
    r"connexions? (?:\w+ ){0,4}?(?:perdue|refusee|impossible|coupee|rompue)s?", "crash(?:es|ed|ing)?(?![- ]free)",
    "crash ?loop(?: ?back ?off)?", "back[- ]?off restarting", "boot ?loop",
    r"restart(?:s|ing|ed)? (?:in a |constantly|continuously|repeatedly|loop)\w*", r"(?:re)?demarr\w+ en boucle",
    r"(?:relanc|reboot|boot|start)\w* (?:en boucle|in a loop)",
    r"(?:errors?|erreurs?) (?:establishing|opening|connecting|lors de la connexion|de connexion|while connecting)"
    r"(?: (?:an?|the|to|a|la|notre|our))* (?:database|db|base|bdd|server|serveur)",
    "boucle de redemarrage", "dead(?![ -]?(?:letter|line|man|lock))", "kernel panic", "blackout",
    "(?:is |has |was |has been |are |been )(?:stopped|exited|killed)",
    r"(?:container|service|process|server|database|db|instance|node|host|app|api|postgres\w*|nginx) (?:\S+"
    " )?(?:stopped|exited|killed|vanished|missing|absent|gone)",
    "(?:http|cloudflare|error|erreur|status|statut|code|returns?|returned|renvoie|retourne|avec|with|got)(?: (?:code"
    "|http|status|of|une?|a|an|erreur|error))*[ :=]*(?:502|503|504|52[0-7]|530)",
    "(?:502|503|504)(?: -)? (?:bad gateway|service unavailable|gateway time-?out|errors?|sur|on|for|pour"
    "|partout)",
    "bad gateway", "gateway time-?out",
    "(?:white|blank|dead) (?:web ?)?(?:screen|site|app|application|home ?page|front ?page)(?! (?:list|map|form|field"
    "|name|id))",
    "white page",
    "(?:site|appli|application|accueil) (?:tout |toute )?(?:blanche?|vide|noire?)",
    "(?<!extra )(?<!additional )(?<!second )blank page(?! too many| at the end)",
    "page blanche(?! en plus| en trop| de trop| supplementaire| a la fin)", "ecran blanc",
    "un ?healthy",
    r"(?:health|uptime|availability|synthetic|ping|https?)[- ]?checks? (?:\S+ ){0,3}?" + FAILS,
    r"(?:web )?(?:scenarios?|parcours|journeys?) (?:\S+ ){0,4}?" + FAILS,
    r"(?:target|cible|job|exporter)s? (?:is |are |est |sont )?(?:missing|manquante?s?|absente?s?)",
    r"(?:cluster|status|health|etat) (?:\w+ ){0,2}?(?:is |= ?|: ?)?(?:red|rouge)", "red status",
    r"(?:se ferme(?:nt)?|closes?|quits?) (?:toute?s? seule?s?|by itself|(?:au|des le) (?:lancement|demarrage)|(?:at"
    r"|on|after) (?:launch|start\w*))",
    FAILS + r" (?:\w+ ){0,2}?(?:the )?(?:liveness |readiness )?(?:health ?check|probe)s?",
    r"probe (?:is |has )?" + FAILS, r"disk (?:\S+ )?(?:is |was |now |completely )*full", "(?:full|out of) disk",
    "no (?:more )?(?:space left|disk space|free space)", "out of (?:disk )?space",
    r"(?:volume|partition|file ?system|storage|/\S+) (?:is |are |now )*full", "read ?-?only file ?system",
    r"(?:disque|volume|partition|stockage)s? (?:\S+ )?(?:\w+ )?(?:pleine?s?|sature(?:e|s|es)?)",
    "plus (?:d'|de |aucun )(?:espace|place)(?: disque| libre)?", "too many (?:clients|connections)",
    "connection slots are reserved",
    "(?:connection )?pool (?:is |was |has been |de connexions )?(?:exhausted|epuise)",
    r"(?:pool de |plus de )connexions? (?:disponibles?|epuise\w*)",
    r"(?:certificat\w*|certificate|certs?|certifs?|domain|domaine|tls|ssl|licen[cs]e|token|jeton|subscription"
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
    r"|couldn't) (?:even |\w+ly )?(?:log|sign|connect|access|reach|use|pay|book|order|open|buy|work|check ?in|board"
    r"|travel|enter"
    r"|get in|do (?:any|their))\w*",
    r"(?:cannot|can't|can not|unable to|impossible to) (?:log ?in|sign[ -]?in|access the (?:site|app\w*|service"
    r"|platform)|reach the (?:site|app\w*|service|database)|pay)",
    r"(?:log ?in|sign[ -]?in|auth\w*|payments?|checkout) (?:is |are |has been |completely )*(?:broken|fail(?:s"
    "|ed|ing)|impossible|not possible|blocked)",
    "indisponib(?:les?|ilite)", "injoignables?", "inaccessibles?", "inutilisables?", "hors[- ](?:service|ligne)",
    "hs", "ko", "en panne", "panne", "a l'arret", "(?:est|sont|a ete|ont ete|s'est) arret(?:e|ee|es|ees)",
    r"(?:serveur|service|conteneur|noe?ud|base|site|api|application|bdd) (?:\S+ )?arret(?:e|ee|es|ees)",
    "(?:est |sont |a |ont )?tombe(?:e|s|es)?(?= en panne|[ .,!]*$|[ ,](?:depuis|ce|cette|hier|a |en |sur "
    "|dans ))",
    r"(?:a |ont |vient de |site |serveur |appli\w* |api )plant(?:e|ee|er|es)", "coupure",
    "interruption (?:de |du )?(?:service|totale|complete)", "black-?out",
    r"(?:n'|ne )(?:se |s'|s')?" + VERB_FR + r" (?:toujours |encore )?(?:plus|pas)(?! correctement| bien"
    r"| tres)(?: du tout| encore| toujours)?",
    VERB_FR + r" (?:plus|pas)(?! (?:correctement|bien|tres|vite|lentement|de|que|rapide|tard))",
    r"(?:n'est|ne sont|n'etait|n'est toujours|n'a|pas|plus|non) (?:plus |pas )?" + GOOD, "plus (?:d'|aucun )acces",
    "acces (?:impossible|refuse|perdu)", "(?:plus personne|personne) ne (?:peut|parvient|arrive)",
    "(?:tous les|toutes les|tous nos|toutes nos|l'ensemble des) (?:utilisateurs?|clients?|usagers?|requetes|pages"
    r"|voyageurs?)(?: \w+){0,3}? (?:ne peu\w*|en erreur|bloque\w*|impacte\w*|echou\w*|touche\w*|deconnecte\w*"
    r"|affecte\w*)",
    "(?:utilisateurs|clients|usagers|voyageurs) ne (?:peuvent|parviennent|arrivent) (?:plus|pas)(?: a)?"
    r" (?:\S+ )?(?:se |s')?(?:connect|acced|pay|reserv|utilis|ouvr|identif|command|achet|encaiss|travaill|bosse"
    r"|demarr|entrer|rentrer|monter)\w*",
    "impossible (?:de |d')(?:se |s'|y )?(?:connect|acced|pay|reserv|identif|utiliser l|ouvrir (?:le site"
    r"|l'app)|joindre|demarr|charger (?:le site|la page d'accueil|l'app))\w*",
    "(?:connexion|authentification|acces|paiements?|reservation)s? (?:au site |a l'application "
    "|utilisateurs? )?(?:est |sont )?(?:impossibles?|bloquee?s?|en echec|en erreur)",
    "erreurs? (?:http |code )?50[234]", "hors tension", r"(?:sites?|serveurs?|services?|applis?) (?:\w+ )?coupee?s?",
    "sans acces", "(?:without|no) access(?= *$|[ ,.] ?(?:to|for|since))",
    rf"(?:plus |aucun )+acces (?:{PERSON}|pour|possible)", rf"{PERSON} n'(?:ont|a) plus (?:aucun |d')?acces",
    rf"{PERSON} (?:(?:have |has )?lost access|no longer have access)",
    rf"{PERSON} ne (?:peu\w+|parvien\w+|arriv\w+) (?:plus|pas) (?:a )?(?:valid|compost|scann|deverrouill)\w* "
    r"(?:leurs? |un |une |le |la |les |des )?(?:billets?|tickets?|titres?|trajets?|commandes?|paniers?|velos?"
    r"|courses?)",
    rf"{PERSON} (?:cannot|can't|can not|cant|are unable to) (?:validate|scan|unlock|rent) (?:their |an? |the |any )?"
    r"(?:tickets?|bikes?|trips?|rides?|pass(?:es)?|cars?|scooters?)",
    r"(?:on|we|nous) (?:ne |n')\w+ plus (?:rien|aucun\w*)",
    r"plus (?:aucune?|une seule) (?:vente|commande|reservation|paiement|connexion|requete|visite|client|course"
    r"|transaction|session|encaissement|livraison)s?",
    r"(?:no|not a single|zero) (?:more )?(?:sales?|orders?|bookings?|payments?|rides?|checkouts?) (?:any ?more|since"
    r"|for|in|at all|today)",
    r"(?:toutes les|les|nos) caisses (?:\w+ ){0,3}?(?:bloquee?s|hs|ko|mortes|injoignables|plantees?|en panne"
    r"|a l'arret)",
    r"(?:all )?(?:tills|cash registers|pos terminals) (?:\w+ ){0,3}?(?:down|offline|dead|blocked|frozen)",
    rf"(?:mysql|maria ?db|mongo\w*|nginx|apache|haproxy|traefik|caddy|docker|redis|kafka|rabbit ?mq|php-fpm|tomcat"
    rf"|gunicorn|node|{CORE})d?"
    r" (?:is |est |a ete |has been )?(?:arretee?|stopped|killed|tuee?|exited|inactive|inactif|dead)",
    r"data ?center (?:is )?(?:down|offline)",
    r"(?:paid )?(?:commandes?|orders?|bookings?|reservations?)(?: \w+)? (?:ne "
    r"|n')(?:\w+ ){1,2}enregistree?s? nulle part",
    r"too many redirects", r"redirect(?:ion)? loop", r"boucle de redirections?",
    r"(?:redirects?|redirige\w*) (?:endlessly|forever|in a loop|en boucle|sans fin)",
    r"(?:parking|default|placeholder) page", r"page (?:de )?parking", "page par defaut", "welcome to nginx",
    r"(?:ssl|tls) handshake(?: \w+)? (?:fail\w*|errors?)",
    r"(?:no|aucun) (?:browser|navigateur|device|appareil|phone|telephone|store|magasin|agence|site) (?:\w+ )?(?:can"
    r"|is able|ne|n')",
    r"(?:fibre|fiber|cable|liaison|lien internet|lien operateur|ligne|uplink)(?: [\w-]+)? (?:is |est |a ete "
    r"|was )?(?:coupee?|cut|sectionnee?|arrachee?|severed|hs)",
    r"plus (?:de |d'|aucun )(?:reseau|internet|connexion|lien)(?! internet (?:wifi|invite))",
    r"(?:reseau|network|internet)(?: \w+)? (?:is |est |a ete )?(?:coupee?|hs|ko|dead|mort)",
    r"(?:no|aucune?) (?:heartbeats?|signal|news|pings?|reponse|response|data|donnees?|metrics?) (?:from|de|d'"
    r"|of) (?:any|all|aucun\w*|tou\w+|every)",
    r"nothing is (?:serving|working|running|reachable|responding|up)",
    r"(?:panne|failure|defaillance|crash)(?: \w+){0,2}? (?:of|on|du|de|sur) (?:the |le |la |l'|notre |our )?(?:only"
    r"|seule?|unique)",
    r"(?:unable to|cannot|can't|can not|cant|impossibles?|n'arriv\w+ (?:plus|pas) a|ne peu\w+ (?:plus|pas)"
    r"|ne parvien\w+ (?:plus|pas) a|couldn't|could not|not able to)"
    r"(?: (?!export|print|search|filter|sort|download|see|view|voi|cancel|annul|delet|supprim|imprim|filtr|tri"
    r"|telecharg|modif|edit|chang|consult|rate|not|with|avec|par|via)[\w']+){0,5}?"
    r" (?:purchases?|achats?|achet\w+|(?:place|pass\w+|finali\w+|complete|make|faire|submit|valider) (?:an? |any "
    r"|un |une |des |la |leurs? |their )?(?:orders?|commandes?|bookings?|reservations?|payments?|paiements?|achats?"
    r"|purchases?)|check ?out)",
    rf"(?:les|nos|tous les) {PERSON} (?:ne |n')\w+ plus (?:a |au )?(?:rien|quoi que|aucun|l'appli\w*|site|le site"
    rf"|la plateforme)",
    rf"{CORE} (?:50[0-4]|full|pleine?)(?= *$|[ ,.!] )",
    r"(?:traffic|trafic|requests|throughput) (?:=|:)? ?(?:0|zero|nul)(?![.,%\d])",
    rf"{FAILING} (?:all|every|toutes les|tous les) {CHECKED}",
    r"never (?:finish\w*|stops?|ends?) (?:loading|spinning|to load)",
    r"(?:never|jamais) (?:loads?|opens?|charge\w*|ouvre\w*)",
    r"(?:charge|tourne|mouline|boucle|loads?|spins?|spinning|loading) (?:\w+ )?(?:sans fin|a l'infini|indefiniment"
    r"|endlessly|forever|indefinitely)",
    rf"(?:{PERSON}|ils|elles|they)(?: \w+)? (?:tombent|arrivent|restent|land|end up|get|see)(?: \w+)? (?:sur|on"
    rf"|with)? ?(?:une |an? |the |la )?(?:pages? d'erreurs?|error pages?|ecran d'erreur|error screen)",
    r"(?:show\w*|affich\w*|renvoi\w*|redirect\w*|display\w*|tomb\w*|see|get|land)(?: [\w']+){0,4}? (?:a |la |une "
    r"|the )?(?:maintenance page|page de maintenance)",
    r"(?:nothing but|only|que des|uniquement des|rien que des) (?:http )?(?:50\d|errors?|erreurs?)\w*",
    r"lost (?:its |the )?(?:quorum|leader|majority)", r"cannot (?:come|get|log) (?:back )?in",
    rf"(?<!some )(?<!few ){PERSON} (?:are |is |keep |get )(?:being |getting )?(?:logged|kicked|signed|thrown) out",
    r"(?:drive|disk|disque|motherboard|carte mere|power supply|alimentation|server|serveur|machine|host"
    r"|vm)(?: \w+){0,4}? (?:died|est morte?|burn(?:t|ed)|a brule|a grille|fried)",
    rf"(?:plus )?aucune? {CHECKED}(?: [\w']+)? (?:ne |n')(?:abouti\w*|passe\w*|fonctionne\w*|repond\w*|marche\w*"
    rf"|arrive\w*|part|partent|charge\w*|demarre\w*)",
    r"se ferme(?:nt)? (?:immediatement|aussitot|tout de suite|apres l'ouverture|a l'ouverture)",
    r"(?:closes|quits) (?:immediately|right after|at once)",
    r"(?:ecran|screen)s? (?:\w+ )?(?:fige|gele|frozen|bloque)e?s?(?= pour tou| for (?:all|every)| chez tou)",
    "on fire", "en feu", r"(?:can't|cannot|can not|cant|unable to) do anything",
    r"(?:ne )?peu(?:t|x|vent) (?:plus )?rien faire", r"exited \((?!0\))\d+\)",
    r"(?:went|gone|going|goes) dark", "(?:without|lost|lose|no) (?:electrical )?power",
    r"(?:sans|plus de|panne de|panne d'|coupure de|coupure d') ?(?:courant|electricite|alimentation)",
    r"(?:writes?|ecritures?)(?: \w+){0,2}? (?:fail\w*|blocked|impossibles?|bloquee?s?|rejected|refusee?s?)",
    r"(?:primary|primaire|master|leader|maitre|principal\w*)(?: [\w.-]+){0,2}? (?:is |was |est |a ete )?(?:lost"
    r"|perdue?|mort|dead|disparu\w*)",
    "total failure", "complete failure", "meltdown",
)  # fmt: skip
