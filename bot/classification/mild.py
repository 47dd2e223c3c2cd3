"""That it works badly, or that something is wrong and keeps nobody from working; on folded text, French and English."""

from typing import Final

from bot.classification.patterns import words
from bot.classification.vocabulary import FAILS

RISES: Final = (
    r"(?:en (?:forte |nette |legere )?(?:hausse|augmentation)|augment\w+|grimpe\w*|explose\w*|bondi\w*|s'envole\w*"
    r"|monte(?:nt)?|progresse\w*|rising|rises?|rose|climb\w*|spik\w+|increas\w+|surg\w+|soar\w*|jump\w*|grow\w*"
    r"|going up|went up|doubled|tripled|x ?\d+|(?:multiplie|divise)\w* par \w+|inhabituel\w*|anorma\w+|unusual\w*"
    r"|elevated|eleve\w*|high(?:er)?|burst|rafale)"
)
FAULTS: Final = (
    r"(?:(?:error|failure|bounce|rejection|timeout) rate|taux (?:d'erreurs?|d'echecs?|de rejet|de rebond)|errors?"
    r"|erreurs?"
    r"|5xx|50[0-4]s?|exceptions?|failures|echecs|timeouts|rejets|latenc[ey]\w*|temps de reponse|response times?"
    r"|refus)"
)
DEGRADED: Final = words(
    r"(?:met|mettent|takes?|taking|prend|prennent|wait\w*|attend\w*|arriv\w+)(?: [\w']+){0,6}? (?:minutes?|mins?"
    r"|heures?|hours?)(?= *$|[ ,.] ?(?:a |to |before|avant|later|plus tard|de retard|at |aux? ))",
    r"(?:returns?|returning|renvoie\w*|retourne\w*|affiche\w*|shows?|displays?|donne\w*|gives?|remonte\w*|trouve\w*"
    r"|finds?) "
    r"(?:plus |pas )?(?:no |nothing|aucun|zero |0 |rien|empty|une liste vide|un resultat vide|vide)\w*",
    rf"{FAULTS}(?: [\w%/.'-]+){{0,4}}? {RISES}",
    rf"{RISES}(?: (?:of|in|des?|du|d'|number|nombre|amount|the|rate))*[ ']{FAULTS}",
    rf"(?:pic|hausse|augmentation|explosion|afflux|vague|flot|spike|surge|increase|rise|wave|flood)s? (?:de |d'|des "
    rf"|du |of |in )(?:the )?{FAULTS}",
    r"(?:last|derniere?) (?:successful )?(?:backup|sauvegarde|sync\w*|dump|restore|restauration)s?(?: [\w']+){0,5}?"
    r" (?:(?:[2-9]|\d\d+) (?:days?|weeks?|months?) (?:old|ago)|il y a (?:plus de )?(?:[2-9]|\d\d+) (?:jours|semaines"
    r"|mois)"
    r"|(?:date d[eu]|remonte a) \w+)",
    "il manque (?:des|les|plusieurs|la moitie|une partie|beaucoup)", "error budget", "burn rate",
    "garbage", "gibberish", "nonsense", "n'importe quoi",
    "slow(?:er|ness|ly|ed|s|ing)?", "latenc(?:y|ies|e|es)", "lent(?:e|es|s|ement)?",
    "lenteurs?", r"ralenti\w*",
    r"degrad\w*", "sluggish", r"(?:response|load(?:ing)?) times?(?! (?:is |was |of |= ?|: ?)?\d{1,3} ?ms)",
    r"temps de (?:reponse|chargement)(?! (?:de |est |= ?|: ?)?\d{1,3} ?ms)",
    "time ?-?outs?", "timed out", "timing out", "delai (?:depasse|d'attente)", "expiration du delai", "5xx",
    r"(?:http|erreurs?|errors?|statut|status|code)(?: \w+)?[ :=]*500", "500 (?:errors?|internal)",
    "internal server errors?", r"(?:almost|nearly|presque|quasi\w*|bientot) (?:full|pleine?s?|out of|exhausted"
    r"|sature\w*|epuise\w*)",
    "fail ?overs?", "rejected", "times? out", "erreurs? interne", "errors?", "erreurs?", "exceptions?", "panic",
    "traceback",
    r"saturat\w*", "sature(?:e|s|es)?", "saturation", r"overload\w*", r"surcharge\w*", r"exhaust\w*", r"epuise\w*",
    r"throttl\w*", r"rate ?limit\w*", "backlog", "lag(?:ging|s)?", "retards?", "delay(?:ed|s)?", "packet loss",
    "perte de paquets", "memory leak", "fuite (?:de )?memoire", "oom(?: ?killed)?", "out of memory",
    "plus de memoire", "memoire (?:insuffisante|saturee)", "redundancy lost", "perte de redondance", "deadlocks?",
    "interblocage", "broken", "broke", "cassee?s?", "stuck", "hang(?:s|ing)?", "hung", "frozen", "freez(?:es|ing)",
    "figee?s?",
    "bloque(?:e|s|es)?",
    "blocked", FAILS, "unable", "cannot", "can't", "impossibles?",
    "ne (?:peut|peuvent|parvient|parviennent) (?:plus|pas)", "not (?:possible|sent|delivered|received)",
    r"perturb\w*", r"dysfonctionne\w*", "anomalies?", "instab(?:le|les|ilite|ility)", "unstable", r"intermitt\w*",
    "flapping", "missed|missing|manquantes?|absent(?:e|es|s)?", "overdue", "too old", r"trop ancien\w*",
    r"trop long\w*", "crawl(?:s|ing)?", "rame(?:nt|r)?", "painful(?:ly)?", "penible(?:ment)?",
    "(?:takes?|taking) (?:forever|ages)",
    r"(?:prend|prennent|met|mettent) (?:\w+ ){0,2}?(?:eternite|plombes|heures)", "interminables?", "doubled",
    "tripled", "triple(?:e|s|es)?",
    "stale", "out of date", "outdated", r"(?:not|n't|never|no longer) (?:be |been |being )?(?:updat\w*|refresh\w*"
    r"|sync\w*|process\w*|shown"
    r"|display\w*|arriv\w*|sending|send|sent|deliver\w*|generat\w*|render\w*)", "half", "a moitie", "late", "apdex",
    r"duplicat\w*", "en double",
    r"(?:charged|debited|billed|preleve\w*|debite\w*|facture\w*|paye\w*) (?:twice|deux fois|2 fois|en double)",
    "doublons?", "plus a jour", "inconsisten(?:t|cy|cies)", r"incoheren\w*", "unsent", "behind schedule",
    r"under-?replicated", "evictions?",
    "not ready", "replicas? mismatch", r"(?:quota|limite?|limit) (?:\w+ )?(?:exceeded|reached|depasse\w*|atteint\w*)",
    r"(?:close to|near(?:ing|ly)?|approaching|proche de|pres de|almost at|presque a) (?:\w+ ){0,2}?(?:limit\w*"
    r"|capacit\w*|quota|maximum|max|seuil|full|plein\w*)",
    r"(?:ne |n')(?:sont|est|a|ont) (?:toujours |encore )?(?:pas|plus|jamais) (?:ete )?(?:partie?s?|envoye\w*"
    r"|genere\w*|arrive\w*|recue?s?|traite\w*|prise?s? en compte"
    r"|mise?s? a jour|enregistre\w*|calcule\w*|synchronise\w*|importe\w*|exporte\w*|livre\w*|imprime\w*|execute\w*"
    r"|lance\w*|faite?s?|cree\w*|compte\w*|affiche\w*|acceptee?s?|declenche\w*)",
    r"(?:(?:was|were|is|are|has|have|did)(?:n't| not)|never)(?: been| be| get)? (?:sent|generated|printed|imported"
    r"|exported|created|computed|executed|run|triggered|counted|applied|accepted|received|saved|invoiced|credited"
    r"|refunded|updated|synced)",
    r"envois? (?:retarde|bloque|en attente)\w*",
    r"\d[\d ]* (?:messages?|jobs?|e-?mails?|taches?|tasks?|events?|mails?|sms) (?:en (?:attente|file|queue"
    r"|souffrance)|queued|pending|waiting|stuck)",
    r"retarde\w*", r"mal (?:calcule|facture|affecte|compte)\w*",
    "link down", r"no data(?! (?:loss|lost|leak\w*|is|was|were|has))", "aucune donnees? recue?s?", r"desynchronis\w*",
    r"out of sync", "wrong (?:price|amount|result|time|data|station)s?",
    r"(?:prix|montants?|resultats?|horaires?|donnees) (?:\w+ )?(?:faux|fausses?|errone\w*|incorrect\w*)", "429",
    r"(?:n'|ne )(?:[\w'-]+ ){1,2}(?:plus|pas) (?:a jour|envoye\w*|recu\w*)",
    r"(?:n'|ne )(?:se |s')?(?:arrive|part|mettent|met|fait|font|genere|recoi)\w* (?:plus|pas)",
    "non envoyee?s?", "non recue?s?", "(?:interrompu|perdu)(?:e|s|es)?", "lost",
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
    r"(?:mal|badly|wrongly|incorrectly|poorly) (?:orthographie|spelled|spelt|formate|formatted|centre|centered|cadre"
    r"|traduit|translated|coupe|cropped|place|placed|ecrit|written|worded|redige)\w*",
    r"(?:formatted|spelled|spelt|translated|centered|cropped|worded|aligned) (?:badly|wrong\w*|incorrectly|poorly)",
    r"(?:en|in) (?:anglais|english|french|francais|allemand|german|espagnol|spanish) (?:au lieu|instead)",
    r"(?:to|will) be (?:removed|dropped|replaced|retired|discontinued)",
    r"(?:sera|seront) (?:retire|supprime|remplace|arrete)\w*", "console (?:warning|error)s?",
    r"(?:avertissement|warning)s? (?:dans|en|in) (?:la |the )?(?:console|browser)",
    r"(?:second|extra|additional|supplementaire) (?:blank |empty |white )?page",
    r"(?:blank |empty |white )?page (?:blanche |vide )?(?:en plus|en trop|de trop|supplementaire|too many|at the end"
    r"|a la fin)",
    r"(?:affiche|shown|displayed|appears?|apparait|shows)(?: \w+){0,2}? (?:twice|deux fois|2 fois)",
    r"(?:label|button|bouton|libelle|titre|title) (?:says|reads|dit|indique)", r"pixeli[sz]e\w*", "jumpy",
    r"log ?rotat\w* (?:missing|absent\w*|not)",
    "brief (?:slowness|blip|delay)", r"(?:bref|breve|court)e? (?:ralentissement|coupure|lenteur)",
    r"(?:il |elle )?manque (?:un |une |le |la |l')(?:virgule|espace|accent|point|lettre|majuscule|unite|symbole|titre"
    r"|legende|libelle|s|picto\w*|icone|logo|parenthese|guillemet)\b",
    r"(?:unite|symbole|sigle|devise|virgule|accent|majuscule|legende|titre|picto\w*) (?:\w+ ){0,2}?(?:manque"
    r"|absente?|manquante?|missing)",
    r"suggestions? (?=:|d'|de )", "(?:feature|enhancement|evolution) requests?",
    r"(?:demandes?|propositions?|idees?|souhaits?) (?:d'|de )(?:evolution|amelioration|fonctionnalite)s?",
    r"tests? (?:are |is |sont |est )?(?:red|rouges?|au rouge|cassee?s?)", r"ameliorations?",
    "(?:ce serait|il serait|would be) (?:bien|nice|good|great|utile|useful|pratique)", r"tri(?:e|ent)? mal",
    r"(?:on peut |can )?(?:s'en passer|live without|do without)", r"saute (?:une|un|des) \w+",
    r"(?:sort(?:ing)?|order|ordre|tri)(?: \w+){0,5}? (?:wrong|incorrect|faux|mauvais|inverse\w*|reversed)",
    r"(?:textes?|text|libelles?|police|menu|boutons?|buttons?) (?:\w+ ){0,2}?(?:illisibles?|unreadable)",
        "typos?", r"expir\w*", "minor", "mineure?s?", "glitch", r"cosmeti\w*", "cosmetiques?",
    "fautes? (?:de frappe|d'orthographe)", "coquilles?", "spelling",
    "misaligned", r"(?:not?|n't) (?:display|render|show|align)\w* (?:correctly|properly|well)",
    r"(?:s'affiche(?:nt)?|s'aligne(?:nt)?|rend(?:ent)?) (?:pas |plus )?(?:correctement|bien|mal)",
    r"mal (?:aligne|affiche)\w*", "alignement", "bugs?", r"deprecat\w*", r"depreci\w*", r"obsolete\w*", "404",
    "broken link", "lien (?:casse|mort)",
    r"(?:builds?|pipelines?|(?=test)(?<!browser )(?<!synthetic )(?<!uptime )(?<!api )(?<!http )(?<!ping )"
    r"(?<!restore )(?<!recovery )(?<!failover )(?<!connection )"
    r"(?<!connectivity )(?<!connexion )(?<!login )(?<!payment )(?<!smoke )"
    r"tests?(?! (?:de |du )(?:la )?(?:connexion|paiement|restauration|reprise|login|vie|disponibilite))|lint\w*|ci"
    r"|workflow) (?:\S+ ){0,3}?" + FAILS,
    r"(?<!error )budgets? (?:alert\w*|exceed\w*|depass\w*|threshold)|aws budgets?",
    r"(?:costs?|spending|spend|depenses?|couts?) (?:\w+ ){0,3}?(?:exceed\w*|depass\w*|over|above|alert\w*|budget)",
    "echec (?:du |des |de la )?(?:build|pipeline|tests?(?! de (?:connexion|paiement|restauration|reprise|vie|login"
    "|dispo))|ci"
    "|compilation)",
    r"(?:deploy previews?|preview (?:deploy\w*|env\w*|builds?)) (?:\S+ ){0,4}?" + FAILS,
    rf"(?:deploy\w*|deploiement|build) (?:\S+ ){{0,4}}?{FAILS} (?:\S+ ){{0,4}}?(?:branch|branche) "
    r"(?:feature|feat|fix|bugfix|chore|docs|test|dependabot|renovate|wip)/\S+",
    r"(?:disk|disque|storage|stockage) (?:space )?(?:\w+ ){0,2}?(?:low|faible|running low|filling|se remplit"
    "|bientot plein)",
    "low (?:disk )?space", "(?:peu d'|manque d')espace(?: disque)?", "running (?:low|out)",
    "(?:was |has |been )?restarted", "(?<!ne )(?<!n')redemarre(?:e|s)?(?! pas| plus)", "drift", "clock skew",
    "mise a jour (?:disponible|recommandee|requise)", "update available", "vulnerabilit(?:y|ies|es?)",
    r"cves?(?:-[\d-]+)?", "failed over",
    "retry|retries|retried", "tooltips?", "infobulles?", "favicons?", r"(?:mal|wrongly) arrondi\w*", r"arrondi\w* mal",
    r"round(?:s|ed|ing)? (?:wrong\w*|errors?|badly)", r"(?:wrong|incorrect|bad|mauvaise?) (?:colou?r|couleur|icon"
    r"|icone|font|police|logo"
    "|label|libelle|wording|order|ordre|capitali[sz]ation|translation|traduction)",
    r"(?:couleur|icone|police|logo|libelle|traduction)s?"
    r" (?:\w+ ){0,3}?(?:incorrect|errone|manquant|mauvais|faux|fausse|absent|floue?|decale)\w*",
    r"tronque\w*", "truncated text", "cut off", "reboot (?:is )?required",
    r"(?:review|update|upgrade|migration|clean-?up|revue|mise a jour|rotation) (?:\w+ )?(?:suggested|recommended"
    r"|advised|recommandee?|conseillee?|suggeree?)", "redemarrage requis", r"flaky\w*", "ntp",
    "unused", "slightly",
    "(?:leger|legere)(?:ment)?", "dead links?", "fautes?", "depasse de l'ecran", "runs? off the screen",
    "untranslated", "non traduit(?:e|s|es)?",
    "overlap(?:s|ping)?",
    r"chevauch\w*", "decale(?:e|s|es)?(?! horaire)", "blurry", "floue?s?", r"off[- ]cent(?:er|re)\w*", "espacement",
    "spacing",
    "too much space", "paquets? a mettre a jour", "packages? (?:can be|to) (?:be )?(?:upgraded?|updated?)", "lint",
    "nit", "house ?keeping",
)  # fmt: skip

STRAIN: Final = words(
    "oom(?: ?killed)?",
    "out of memory",
    "memory leak",
    r"fuite (?:de )?memoire",
    "dead-?locks?",
    r"replication lag\w*",
    "packet loss",
    "perte de paquets",
)
"""Bad whatever restarts, retries or updates go with it."""

AT_EASE: Final = (
    r"(?:besoin|necessa\w*|requ\w*|need\w*|worr\w*|inquiet\w*|oubli\w*|hesit\w*|reply|repond(?:re|ez)|impact\w*"
    r"|affect\w*|touch\w*"
    r"|concern\w*|chang\w*|plan\w*|expect\w*|prev\w*|forget|matter|hurt|mind|care|grave|urgent\w*|bloqu\w*|block\w*"
    r"|know|sais|sure|sur"
    r"|attend\w*|wait\w*|see|voir|tenir|tenez|ignor\w*|touche\w*|think|pense\w*|yet|encore|be|etre|only|seulement"
    r"|have|avoir|panic\w*|paniqu\w*)"
)
DENIED: Final = words(
    rf"(?:ne |n')(?:se |s'|me |m'|nous |lui |leur |y |en )*(?!{AT_EASE}\b)\w+ (?:plus|pas)(?! (?:de |d'|encore "
    rf"|{AT_EASE}\b))",
    rf"(?:can't|cannot|can not|doesn't|does not|don't|do not|won't|no longer|didn't|did not"
    rf"|unable to) (?:\w+ly )?(?!{AT_EASE}\b)\w+",
)
"""A verb that is denied."""
LOOKS: Final = words(
    r"info ?bubbles?",
    r"bulles?",
    "headers?",
    "en-?tetes?",
    r"check ?box\w*",
    "cases? a cocher",
    "avatars?",
    r"(?:son|sound|volume)(?: [\w']+){0,4}? (?:fort|loud|faible|low)",
    r"(?:alt|alternative) texts?",
    "textes? alternatifs?",
    r"(?:page )?(?:titles?|titres?)",
    "legal notice",
    "retina",
    "decimales?",
    "decimals?",
    r"format (?:americain|us|anglais|francais|europeen)",
    r"(?:date|heure|time|prix|price|nombre|number)s?(?: [\w']+){0,3}? (?:au|in|en|with|avec) (?:le |the |un "
    r"|a )?(?:format|style|mauvais|wrong)",
    r"s'affiche(?:nt)? (?:avec(?!(?: [\w']+){0,4} (?:retard|erreurs?|decalage))|au format|en (?:majuscule|minuscule"
    r"|gras|anglais))",
    r"(?:sorting|sort|tri|order|ordre)(?: [\w']+){0,4}? (?:puts?|met|place\w*|starts?|commence\w*)",
    "(?:hidden|cache|masque|coupe)e?s? (?:behind|derriere|par|under|sous|by)",
    r"espace (?:avant|apres|before|after)",
    r"(?:haut|bas) de (?:la )?page",
    r"scroll\w*",
    r"ramene\w* en haut",
    r"bloat\w*",
    "sous-?domaine",
    "sub-?domain",
    r"(?:takes?|prend|met) (?:a|one|une) (?:second|seconde)",
    r"(?:one|une|1) (?:second|seconde)",
    "bouton retour",
    "back button",
    "placeholder",
    r"menus?",
    "labels?",
    "libelles?",
    r"(?:border|bordure|shadow|ombre|background|fond|theme|skin|style|icon|icone|emoji|smiley|banner|banniere"
    r"|carousel|carrousel|slider|breadcrumb|fil d'ariane|pagination|footer|pied de page|sidebar|modal|popup|pop-up"
    r"|toast)s?",
    r"(?:too|trop) (?:big|small|large|wide|narrow|long|short|dark|light|bright|loud|grand|grande|gros|grosse|petit"
    r"|petite|large|etroit|longue?|court|courte|sombre|clair|claire|fort)s?",
)
"""How something looks: where nothing worse is said of it, nobody is kept from working."""
BUILD: Final = words("builds?", "pipelines?", "tests?", r"lint\w*", "ci", "workflow", "compilation")
FAINT: Final = words("errors?", "erreurs?", "exceptions?", "traceback", "panic")
WEAK: Final = words(
    r"anomal\w*", "missing", r"manquant\w*", "absent(?:e|es|s)?",
    r"delay\w*", "lags?", "retards?", "lost", "anomalies?", r"duplicat\w*", "half", "late",
)  # fmt: skip
"""They alone say little: the sender's own word may soften them."""

COSMETIC: Final = words(
    "robots\\.txt", "sitemap", "lorem ipsum", "focus ring",
    r"(?:lower|upper) ?case", r"capital (?:letter|s)\w*", "minuscules?", r"goes over the edge", r"debord\w*",
    r"picto\w*", "bannieres?", r"sans (?:s|accent|majuscule|espace)s?", r"carrousel\w*", "carousel",
    "signature du mail", "numero de telephone", r"flou\w*",
    r"accents?",     r"cosmeti\w*", "icons?", "icones?", "favicons?", "tooltips?", "infobulles?", "logos?", "footer",
    "pied de page",
    "libelles?", "wording", r"traduction\w*", r"translat\w*", "colou?rs?", "couleurs?", "fonts?", "police", "banner",
    "bandeau", "typos?", "labels? (?:is|still)", "une image", "one image", "an image", "emojis?", "legal notice",
    "broken (?:image|picture|thumbnail)s?(?! everywhere| on all| sur)",
    "images? (?:is |are |est |sont )?(?:broken|cassee?s?)(?! everywhere| on all)",
    "alignment", "aligned", r"aligne\w*", "pixels?", "hover", "dark mode", "welcome message", "message de bienvenue",
    "missing (?:space|comma|accent|period|dot|letter)", r"pluriels?", "plurals?",
    r"pixel\w*", "grammar", "grammaire", "conjugaison", "ponctuation", "punctuation", "espace manquante?",
    "accents? manquants?", "mode sombre", "placeholder",
    r"contrast\w*", "copyright",
    "date format", "format (?:de |des )?dates?", "font size", "taille du texte", "majuscules?", "animation", "faq",
    "mentions legales",
    "cgu", "cgv", "(?:us|uk|american|french|wrong) format", r"tradui(?:te?s?|re)", "terms page", "help page",
    "page d'aide", "about page", "a propos", "texte du bouton",
    "button text", "scrollbar",
    "margin", "marges?", "legend", "legende", "css", "alignement", "orthographe", "spelling", "css", "padding",
    "margin", "arrondi",
)  # fmt: skip
