"""That the service cannot be used, in the words of French and English alerts; on folded text (no case, no accents).

`reading` decides what negations and context make of a match.
"""

from typing import Final

from bot.classification.outage import OUT_OF_ORDER
from bot.classification.patterns import many_words
from bot.classification.vocabulary import ADVERB, BEING, BROKEN, CHECKED, CORE, FAILING, NOT_HIT, PERSON, STEP

DOWN: Final = many_words(
    rf"(?:everything|tout|toute l'appli\w*|(?:the )?(?:whole|entire|complete) [\w-]+)(?: {BEING})?(?: \w+){{0,2}}?"
    rf" (?:{BROKEN}|{FAILING}|crash\w*|tombe\w*)",
    rf"(?:{CORE}|trafic|traffic)(?:(?: [\w-]+){{0,4}}? {BEING}(?: {ADVERB}){{0,2}}? {BROKEN}"
    r"| (?:\w+ )?(?:coupee?s?|eteinte?s?|mort(?:e|s|es)?|cassee?s?|plantee?s?|hs|loops?|tourne\w* en boucle|hangs"
    r"|is hanging|is hung|freezes|locks? up))",
    rf"(?:nobody|no ?one|none of (?:the |our )?{PERSON}|(?:no|not a single|not one|no single) {PERSON}) "
    r"(?:\w+ ){0,2}?(?:can|could|is able|are able|manage\w*|gets?|reach\w*|log\w*|open\w*|has|have)" + NOT_HIT,
    rf"(?:plus )?(?:personne|aucune? {PERSON}|pas un seul {PERSON}) (?:\w+ ){{0,2}}?(?:ne |n')(?:\w+ )?\w+" + NOT_HIT,
    r"(?:plus|pas) (?:aucune?|une? seule?) (?!impact|perte|erreur|alerte|incident|probleme)[\w-]+(?: [\w-]+){0,4}?"
    r" (?:ne|n'\w+|possible)",
    r"(?:not a single|no) (?!impact|loss|errors?|alerts?|incidents?|problems?|issues?|data)[\w-]+(?: \w+){0,2}? "
    r"(?:goes through|gone through|getting through|opens|loads|works|succeeds|answers|responds|is served|are served)",
    rf"(?:all|every|each|toutes les|tous les|toutes nos|tous nos|chaque|any|100 ?%)(?: [\w'.-]+){{0,3}}? {CHECKED}"
    rf"(?: intents?| attempts?)?{STEP}{{0,5}}? {FAILING}",
    r"(?:logins?|connexions?|payments?|paiements?|requests?|requetes?|orders?|commandes?|calls?|appels?|pages?"
    r"|pods?|nodes?"
    rf"|noeuds?|checks?|bookings?|reservations?) (?:are |sont )?(?:all|tous|toutes) (?:\w+ )?{FAILING}",
    rf"{FAILING}{STEP}{{0,5}}? (?:from|on|in|at|for|to|by|a|aux|depuis|sur|dans|pour|chez|de|par) (?:all|every|each"
    rf"|toute?s? les"
    rf"|tous les|toutes|tous|chaque)(?: [\w'-]+){{0,2}}? (?:{CHECKED}|{PERSON})",
    r"(?:500|50\d|errors?|erreurs?|timeouts?|ko|down)(?: \w+){0,2}? (?:partout|everywhere|for everyone|for everybody"
    "|pour tout le monde|pour tous|chez tout le monde)",
    r"(?:http|erreurs?|errors?|statut|status|code|returns?|renvoie\w*)?[ :=]*500(?: \w+){0,3}? (?:accueil|home ?page"
    r"|landing|racine|health\w*)",
    r"(?:accueil|home ?page|landing page|racine|health\w*)(?: \w+){0,2}? (?:en )?(?:erreur |error |http )*500",
    rf"(?:no|aucune?|plus aucune?|zero|none of (?:the|our)|(?<![\d.,:])0) (?!update|mise|details?|info|data|version"
    rf"|impact|spare)"
    rf"(?:[\w-]+ ){{0,2}}?(?:healthy|sain(?:e|s|es)?|en ligne|joignables?|reachable|online|alive|en vie|vivante?s?)"
    rf"(?: {CHECKED})?",
    rf"(?:no|aucune?|plus aucune?|zero) (?:[\w-]+ )?{CHECKED} (?:is |are |est |sont |n'est |ne sont )?(?:left "
    rf"|currently )?"
    "(?:available|up|running|ready|in service|en service|registered|disponibles?|actifs?|actives?|prete?s?|debout)",
    r"(?<!un)healthy (?:\w+ ){0,3}?(?:(?:=+|:|is|was|at|a|est|tombe a|fell to|dropped to|<) ?|(?<=count ))(?:0|zero"
    r"|(?<=< )1)(?![.,%\d])",
    r"(?:running|active|available|ready|in service) (?:\w+ ){0,2}?(?:count|number) (?:is |was |at |of |= ?|: ?"
    r"|fell to |dropped to )?"
    r"(?:0(?:\.0+)?|zero)(?![.,]?\d|%)",
    r"absent\(up",
    r"(?:probe success|up) ?(?:==?|:|is|was|=) ?0(?![.,%\d])", r"0 (?:of|out of|sur|/) ?(?:the |les )?[1-9]\d*",
    r"0 ?/ ?[1-9]\d* (?:[\w-]+ ){0,2}?(?:available|ready|up|running|healthy|disponibles?|pretes?|noeuds?|nodes?|pods?"
    r"|replicas?|repliques?|instances?|online|en ligne|joignables?|ok)",
    r"(?:no|aucun|plus de|zero|plus aucun) (?:\w+ )?(?:traffic|trafic|requests? (?:received|served)"
    r"|requete(?:s)? (?:recue"
    r"|servie)\w*)",
    r"(?:traffic|trafic|requests?|throughput|debit|orders?|commandes|ventes|sales|bookings?|reservations|logins?"
    r"|connexions"
    r"|paiements|payments|transactions|rpm|rps)(?: \w+){0,4}? (?:to|at|a|est|nul|is|=) ?(?:0|zero|nul|rien)(?![.,\d])",
    r"(?:almost|nearly|presque|quasiment|practically) (?:all|every|tou\w+|aucune?|no)(?: [\w'-]+){1,3}? "
    rf"(?:ne |n')?{FAILING}",
    rf"(?:most|la plupart des|majority of|la majorite des|the vast majority of)(?: [\w'-]+){{1,3}}? {FAILING}",
    rf"(?:{CORE})(?: mobile)? (?:bloquee?s?|figee?s?|gelee?s?|frozen|stuck)",
    rf"no (?:available|healthy|live|ready|running|active|usable) {CHECKED}",
    rf"aucune? {CHECKED} (?:disponible|saine?|prete?|active?|joignable)",
    r"(?:cannot|can't|can not|unable to|no longer) (?:serve|serving|handle|accept|accepting|process) (?:any |new "
    r"|all )?(?:\w+ )?(?:traffic"
    r"|requests?|users?|customers?|connections?|payments?|logins?)",
    r"connections? (?:are |being |is |were )*(?:rejected|refused|dropped)",
    r"connexions? (?:sont |etaient )?(?:rejetees?|refusees?)",
    rf"plus aucune? {PERSON} (?:connectee?|en ligne|active?|actif)",
    r"(?:n'est|ne sont|n'a|n'ont) (?:toujours )?pas (?:revenu|remonte|redemarre|reparti)\w*", "retombee?s?",
    "(?:not|n't|never) (?:come|came|coming) back(?: up)?",
    "database system is (?:in recovery|starting up|shutting down)", "in recovery mode",
    rf"(?:pages?|screens?|ecrans?|site|appli\w*|app|home ?page|accueil) (?:{BEING}|reste\w*|stays?|remains?|shows?)"
    r"(?: \w+)? (?:blank|white|empty|black|blanche?s?|vides?|noire?s?)",
    rf"(?:no|aucune?) {CHECKED} (?:of|de|d') ?[\w-]+ (?:is |are |n'est |ne )?(?:running|up|available|healthy|active"
    rf"|tourne\w*|ready)",
    r"(?:no longer|does not|doesn't|not) resolv(?:es?|ing)(?! the)", "rendu l'ame",
    r"(?:(?:no|aucune?) |plus (?:de |d'|aucune? ))(?:\w+ )?(?:connections?|connexions?|logins?|access|acces|payments?"
    r"|paiements?|commandes?|reservations?) possibles?",
    r"(?:supabase|database|db|project|projet|service|instance|server|serveur|vps|vm|cluster|hebergement|hosting)"
    r"(?: [\w-]+){0,4}? (?:paused|suspended|suspendue?s?|mise?s? en pause)(?= *$|[ ,.;:] ?(?:suite|due|because|for"
    r"|pour|a |"
    r"depuis|since|the|le |les |par |by |until|jusqu))",
    r"(?:has |have )?(?:no|aucune?|sans|without|missing) (?:\w+ ){0,3}?(?:master|leader|primary|primaire|maitre)",
    r"(?<![\d.,])0 (?:successful|succeeded|reussi\w*|passing|passed) (?:of|out of|sur|checks?|requests?|logins?"
    r"|payments?)",
    r"(?:host|server|serveur|machine|vm|instance|node|noeud)(?: \S+)? (?:is |was |est |a ete )?"
    r"(?:powered (?:off|down)|switched off|shut ?down|shut off|eteinte?)",
    r"(?:postgres\w*|mysql\w*|maria ?db|mongo\w*|redis|nginx|haproxy|traefik|database|db|api|app|site)"
    r" (?:has |was |is |unexpectedly )*(?:shut(?:ting)? ?down|shuts down)",
    "(?:re)?mounted (?:as )?read ?-?only",
    r"(?:impossible|unable|cannot|can't|plus moyen|ne peu\w+ plus) (?:de |d'|to )?(?:\w+ )?(?:ecrire|write|lire|read)"
    r" (?:\w+ ){0,2}?(?:base|bdd|database|db|dis[ck]|disque)",
    r"(?<![\w'] )(?<![\w-])[a-z][\w.-]{2,30} (?:stopped|exited|died|terminated)(?= *$| unexpectedly| with "
    r"| since | at \d| after | - | \()",
    r"(?<![\d.,])0 (?:ready|available|healthy|running|active) (?:\w+ )?(?:replicas?|pods?|nodes?|instances?|targets?"
    r"|servers?|backends?|tasks?|containers?)",
    r"refuse(?:nt)? (?:toutes? )?(?:les |toute )?(?:nouvelles? )?connexions?",
    rf"{CORE}(?: \w+)? (?:ne |n')(?:se |s')?(?!est\b|sont\b)\w+ plus"
    r"(?= *$| *,| depuis| du tout| rien| la main| personne| aucune?)",
    rf"{CORE} (?:won't|refuses to) (?:\w+ )?(?:open|start|load|boot|respond|connect|come|let|work|serve|accept)",
    rf"(?:les|nos|tous les) {PERSON} (?:tombe\w*|arrive\w*|voi\w*|obtien\w*|n'ont|recoi\w*) (?:sur |que )?(?:une "
    rf"|la |des "
    r"|qu'une )?(?:pages? d'erreurs?|erreurs? (?:500|50\d)|page blanche)",
    r"(?:containers?|conteneurs?|process\w*|pods?|app|api|appli\w*|service|site|server|serveur) (?:exits?|quits?|dies"
    r"|stops|crashes|s'arrete|se termine|meurt) (?:\w+ )?(?:immediately|at once|right (?:after|away)|straight away|on"
    r" start"
    r"|at start|after start|aussitot|immediatement|tout de suite|(?:apres|au|des) (?:le |son )?(?:demarrage"
    r"|lancement))",
    r"(?:sont|are|get|getting|se font) (?:\w+ )?(?:deconnectee?s?|deconnecter|disconnected|ejectee?s?|expulsee?s?)"
    r" (?:en boucle|sans (?:cesse|arret)|immediatement|aussitot|constantly|immediately|in a loop|over and over"
    r"|all the time|as soon as|des qu)",
    r"(?:deleted?|destroyed?|supprim\w+|detrui\w+|wiped|terminated)(?: [\w']+){0,2}? prod\w* (?:namespace|cluster"
    r"|env\w*|project"
    r"|stack|servers?|vms?|instances?|deployment)",
    r"(?:namespace|cluster|env\w*|projet|stack|serveurs?|vms?|instances?) (?:de )?(?:la )?prod\w* (?:was |has been |a"
    r" ete |est )?"
    r"(?:deleted|destroyed|supprim\w+|detrui\w+|wiped|terminated|efface\w*)",
    r"(?:points?|pointe|pointing|resolves?|resout) (?:to|vers|sur|a) (?:\d{3}\.0\.0\.1|localhost|(?:the |la |le |une "
    r"|un |an? )?"
    r"(?:wrong|mauvaise?) (?:ip|server|serveur|host|hote|adresse|address|machine))",
    r"(?:impossible de|can't|cannot|unable to) (?:rester|stay|remain) (?:connecte|logge|logged|signed|en ligne"
    r"|online)\w*",
    rf"all {PERSON} (?:are |were |got |have been )?(?:logged|kicked|thrown|locked|signed) out",
    r"(?:log ?in|sign[ -]?in|auth\w*) (?:is |are |was )?(?:rejected|refused|denied)",
    rf"{CORE}(?: \w+)? a (?:lache|saute|cede|claque|crame|grille)", r"(?:out of|hors) (?:rotation|service|pool)",
    "nxdomain", "servfail", "plantages?", "collapsed?", r"effondr\w*", "meltdown",
    r"arret (?:complet|total|brutal|general|du s\w+)",
    "(?:loss|rupture|perte|interruption) (?:of|de|du) service", "defaillance (?:totale|generale|complete)",
    "(?:locked|kicked|shut) out", r"50[234]s", r"50[234] (?:sur|on|for|pour|depuis|from|chez|partout|since|a)",
    r"(?:has|have|with|n'a|n'ont|sans|avec) (?:plus )?(?:no|aucune?|zero|d'|de) (?:more )?(?:[\w-]+ )?(?:backends?"
    r"|targets?|cibles?"
    r"|hosts?|instances?|upstreams?|origins?|endpoints?|members?)", "(?:page|ecran) (?:vide|noire?)",
    "(?:empty|black) (?:page|screen)",
    r"(?:erreurs?|errors?|500) (?:generalisee?s?|site-?wide|globale?s?)", "quorum (?:is |was )?lost",
    "perte de quorum", "split[- ]brain",
    r"(?:base|bdd|database|db|postgres\w*|cluster|primary|primaire)(?: \w+){0,3}? (?:read[- ]only"
    r"|(?:en )?lecture seule)",
    r"not accepting (?:\w+ )?(?:connections?|requests?|traffic)",
    r"n'accepte\w* plus (?:de |aucune |les )?(?:connexions?|requetes?)",
    r"(?:domain|domaine|(?<!user )(?<!customer )(?<!client )account|compte(?! (?:utilisateur|client|user|d'un))|hosting"
    r"|hebergement)(?: \w+){0,4}? (?:suspended|suspendu)",
    r"(?:our|notre) (?:[\w-]+ ){0,2}?(?:account|compte|contract|contrat)(?: [\w-]+){0,2}? (?:(?:has|have|is|was|been"
    r"|a|ete|est)"
    r" )+(?:deactivated|disabled|terminated|closed|desactive|resilie|ferme|cloture|bloque|blocked)",
    r"(?:vm|server|instance|serveur) (?:\w+ )?"
    "(?:terminated|deleted|supprimee?|disparue?)",
    r"(?:no|aucune?|not a single|zero|plus aucune?) (?:successful |valid |new )?(?:payments?|paiements?|logins?"
    r"|orders?|commandes?|bookings?"
    r"|reservations?|connexions?|requests?|requetes?|transactions?)(?: \w+){0,2}? (?:succe\w*|reussi\w*|abouti\w*"
    r"|valide\w*|possible"
    r"|received|recu\w*|since|depuis|in the last|completed|accepted|accepte\w*)",
    r"(?:no|not a single|zero|0) successful (?!attacks?|attempts?|intrusions?|probes?)\w+",
    r"aucun \w+ (?:reussi|abouti)\w*",
    r"(?:paiements?|connexions?|reservations?|logins?|authentifications?|commandes?) (?:echou\w*|rejete\w*|refuse\w*"
    r"|ne passent)",
    r"(?:cannot|can't|can not|unable to) (?:pay|book|buy|order|check ?out|log[ -]?in|sign[ -]?in)",
    r"(?:login|sign[ -]?in|checkout|payments?|paiement|connexion|accueil|home ?page|api|site)(?: \w+){0,2}? (?:returns?"
    r"|returning|renvoie|repond|gives?"
    r"|throws?|affiche|shows?|en)(?: \w+){0,3}? 50[0-4]", r"500(?: errors?)?(?: en)? (?:on|at|sur|a|pour|for)(?: the"
    r"| la| le)?(?: l')? ?"
    r"(?:login|sign[ -]?in|checkout|payments?|paiements?|connexion|accueil|home ?page|site|api)(?! de| of)",
    rf"dns(?: \w+)? (?:is |are )?(?:{FAILING}|broken|casse)",
    r"(?:dns|resolution) (?:\w+ )?(?:fail\w*|echou\w*|en echec)",
    rf"(?:cannot|can't|can not|cant|unable to|fails? to|could not|couldn't|impossible to) (?:even )?(?:open|access"
    rf"|reach"
    rf"|load|use|log[ -]?in|log ?on|sign[ -]?in|connect)(?: to)?(?: the| our| your| my)? {CORE}",
    r"(?:n'|ne )?(?:arriv(?:e|ent|ons)|parvien(?:t|nent)|peu(?:t|vent|x)|reussi(?:t|ssent)) (?:plus|pas)"
    r"(?: du tout| tous| non plus)?(?: a| de)? "
    r"(?:se connect|s'identif|ouvrir l|acced|pay|reserv|utiliser l|charger l|joindre l)\w*",
    r"(?:tout(?:e)? (?:l'|la |le |notre )(?:agence|equipe|accueil|guichet|bureau|magasin|boutique|societe|entreprise"
    r"|service"
    r"|monde)|tous les (?:postes|agents|guichets|magasins|bureaux)|the whole (?:office|team|company|agency|branch"
    r"|shop))"
    r" (?:is |est |sont )(?:\w+ )?(?:bloque\w*|blocked|stuck|a l'arret|en rade|hs|paralyse\w*|paralysed)",
    r"(?:impossible|plus moyen|pas moyen) d[e'] ?(?:se connect|s'identif|ouvrir l|acced|pay|reserv|command)\w*",
    rf"{PERSON} (?:all )?(?:get|gets|see|sees|have|has|are getting|are seeing) (?:a |an |only )?(?:blank|white|empty"
    rf"|50\d)",
    *OUT_OF_ORDER,
)  # fmt: skip
