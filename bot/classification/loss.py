"""Data that is lost, or that the wrong eyes see; in French and English, on folded text."""

import re
from typing import Final

from bot.classification.patterns import many_words

STEP: Final = (
    r"(?: (?!(?:not?|never|pas|non|jamais|aucune?|sans|without|from|connect\w*|connexions?|contact|access|acces"
    r"|packets?|paquets|focus|lien|link|test|temporary|temp|temporaires?|errors?|erreurs?)\b)[\w'./-]+,?)"
)
DATA: Final = (
    "(?:donnees?|data|records?|rows?|enregistrements?|trips?|trajets?|orders?|commandes?|bookings?|reservations?"
    "|uploads?|invoices?|factures?|writes?|ecritures?|backups?|sauvegardes?|historiques?|history|transactions?"
    "|documents?|billets?|soldes?|balances?|valeurs|values|dossiers?|contrats?|contracts?|devis|pieces jointes"
    "|attachments?|tickets?|validations?|fiches?|lignes|entries|messages?|photos?|avoirs|points|notes?|formulaires?"
    "|inscriptions?"
    "|registrations?|signatures?|(?:user|customer|client)s? (?:files?|accounts?|profiles?)"
    "|(?:fichiers?|comptes?|profils?) (?:des? )?(?:utilisateur|client)s?)"
)
STORE: Final = "(?:tables?|databases?|data ?base|bases?|bdd|db|schemas?|volumes?|buckets?|collections?)"
ERASED: Final = (
    r"(?:delete[ds]?|wiped?|erased?|destroyed|dropped|truncated?|overwrote|overwritten|corrupt\w*|purged"
    r"|overwriting|supprim\w*|efface\w*|detrui\w*|ecras\w*|corromp\w*|vide(?:e|s|es)|purge(?:e|s|es))"
)
GONE: Final = rf"(?:{ERASED}|lost|vanished|disappeared|stolen|perdu\w*|disparu\w*|vole(?:e|s|es))"
PRIVATE: Final = (
    r"(?:dumps?|snapshots?|bases?|databases?|db|bdd|buckets?|donnees|data|records|files?|fichiers|invoices|factures"
    r"|backups?"
    r"|sauvegardes?|exports?|addresses|adresses|cles?|keys?|secrets?|tokens?|jetons?|passwords?|mots? de passe"
    r"|credentials?|coordonnees|phone numbers|telephones|ibans?|passports?|passeports|numeros|card numbers"
    r"|cartes bancaires|fiches|identifiants|e-?mails|documents|customers?|clients|users?|utilisateurs)"
)
WHOEVER: Final = (
    r"(?:user|customer|client|people|person|passenger|travell?er|member|account|compan(?:y|ie)|utilisateur|usager"
    r"|voyageur"
    "|personne|compte|abonne|adherent|entreprise|societe|tenant|organi[sz]ation)"
)

LOST: Final = many_words(
    rf"{DATA}{STEP}{{0,6}}? {GONE}",
    rf"{STORE}{STEP}{{0,4}}? {ERASED}", rf"{STORE}(?: clients?| users?)? (?:is |est |now |now |completely )*(?:empty"
    rf"|vide)",
    rf"{ERASED}{STEP}{{0,5}}? (?:{DATA}|{STORE})",
    rf"(?:lost|losing|perdu|perdons|perd){STEP}{{0,5}}? {DATA}",
    rf"(?:perdu|lost) (?:la|toute la|les|nos|our|the|the whole|the entire) {STORE}",
    rf"manque(?:nt)? (?:\d+|deux|trois|quatre|plusieurs) (?:heures?|jours?|semaines?|mois) (?:de |d'){DATA}",
    rf"(?:missing|lost) (?:\d+|two|three|four|several) (?:hours|days|weeks|months) of {DATA}",
    r"(?:allow|grant|autoris|accord)\w*(?: [\w']+){0,2}? (?:all ?users|everyone|anonymous|public|tout le monde)"
    r"(?: [\w']+)? (?:read|write|list|access|full|lecture|ecriture|acces)",
    rf"(?:writes?|ecritures?|donnees|data|orders?|commandes?|bookings?|reservations?|trips?|trajets?){STEP}{{0,6}}?"
    r" (?:\w+n't|not|never|no longer|pas|plus|jamais)(?: (?:being|been|ete|getting))? "
    r"(?:stored|saved|persisted|written|recorded|enregistre\w*|persiste\w*|ecrit\w*)",
    rf"(?:loss|leak|theft|exposure|corruption|deletion) of{STEP}{{0,3}}? (?:{DATA}|{STORE}|passwords|credentials)",
    rf"(?:any ?(?:one|body|user|visitor)|n'importe (?:qui|quel \w+)|quiconque|anonymous \w+|anonymes?)(?:"
    rf" [\w'-]+){{0,6}}?"
    rf" (?:can|could|peu(?:t|vent)|pouvait|is able to) (?:\w+ )?(?:read|see|access|download|export|list|edit|modify"
    rf"|delete"
    rf"|lire|voir|consulter|telecharger|exporter|lister|modifier|supprimer)(?: [\w']+){{0,4}}? (?:{DATA}|{STORE}"
    r"|(?:every|any|all|les|the|tous les|user|customer)(?: \w+)? (?:profiles?|accounts?|profils|comptes|e-?mails"
    r"|passwords"
    r"|addresses|adresses))",
    r"(?:circul\w+|traine\w*|leaked|dumped|se retrouv\w+) (?:sur|on|dans|in) (?:telegram|pastebin|4chan|internet(?!"
    r" explorer)"
    r"|un forum|an? \w*forum|(?:le |the )?dark ?(?:web|net))",
    r"(?:databases?|base(?: de donnees)?|bdd|db|data ?files?"
    r"|fichiers? de donnees)(?: \w+){0,2}? (?:illisibles?|unreadable"
    r"|endommage\w*|damaged|abime\w*)",
    rf"(?:of|from|de|du|d') ?(?:an? |un |une |le |la |the )?{WHOEVER}s?(?: \w+)? (?:(?:is|are|was|were|est|sont) )?"
    r"(?:shown|visibles?|displayed|leaked|affichee?s?|montree?s?) (?:to|a|au|aux|chez)"
    rf"(?: an?| un| une| the| le| la| les| des| other| autres?)* {WHOEVER}",
    r"data (?:loss|leak\w*|breach\w*|expos\w*|corrupt\w*|theft)",
    "(?:perte|fuite|vol|corruption|suppression|exposition|divulgation)s? (?:accidentelle |massive |possible )?"
    f"(?:de |des |du |d')(?:toutes? |un |une )?(?:les |la |l')?(?:{DATA}|{STORE}|mots de passe|identifiants)",
    r"donnees(?: \w+){0,3}? (?:exposee|divulgu|fuite|compromis)\w*",
    r"(?:leaked|exposed|stolen|divulgu\w+)" + STEP + "{0,3}? (?:data|records|credentials|passwords|donnees)",
    rf"(?:voi|retrouv|trouv)\w+ plus (?:aucune? )?(?:de )?(?:leurs?|ses|mes|nos|les|des) {DATA}",
    rf"(?:cannot|can't|no longer|n't) (?:see|find) (?:any of )?(?:their|our|my|his|her) {DATA}",
    r"(?:permanently|definitively|irretrievably|irreversibly|forever|definitivement|irremediablement)"
    r" (?:lost|deleted|gone|erased|destroyed|perdu\w*|supprim\w*|efface\w*|detrui\w*)",
    r"(?:lost|deleted|gone|erased|perdu\w*|supprime\w*|efface\w*) (?:permanently|forever|for good|definitivement"
    r"|pour toujours|a jamais)",
    rf"(?:{DATA}|files?|fichiers|them|they)(?: \w+){{0,3}}? (?:cannot|can't|can not|could not"
    rf"|couldn't) be (?:recovered|restored)",
    rf"(?:{DATA}|fichiers)(?: \w+){{0,3}}? (?:ne |n')\w+ (?:plus|pas)(?: \w+)? (?:recuper|restaur)\w*",
    r"(?:public(?:ly)?|unprotected|open|world-?readable)(?: [\w-]+)? (?:snapshots?|dumps?|backups?|buckets?|copy"
    r"|copies) of",
    r"(?:see|sees|seeing|view|read|access)\w*(?: \w+)? each other'?s?",
    r"voient(?: [\w']+){0,4}? (?:les uns des autres|des autres|d'autrui)",
    rf"(?:{DATA})(?: \w+){{0,2}}? (?:ne |n')(?:\w+ ){{1,2}}(?:enregistre|sauvegarde|stocke)\w* nulle part",
    r"(?:sent|envoye\w*|transmis\w*|partage\w*|emailed|mailed|shared)(?: [\w'-]+){0,8}? (?:to |a |au |aux )(?:the "
    r"|une |un |des )?(?:wrong|mauvaise?s?|unintended|incorrect)"
    r" (?:\w+)",
    rf"(?:{STORE}|{DATA}|fichiers?|files?)(?: [\w']+){{0,3}}? (?:(?:a|ont) ete|was|were|been) (?:\w+ )?(?:copie"
    rf"|exfiltr|aspire|vole|copied|stolen|scraped)\w*",
    r"injection sql",
    r"(?:restaur|restor)\w*(?: [\w']+){0,3}? (?:par erreur|par megarde|by mistake|by accident|accidentally)",
    rf"{PRIVATE}{STEP}{{0,4}}? (?:visibles?|listed|found|indexed|indexee?s?|apparai\w+|appears?) (?:in|on|dans"
    r"|sur|par|by) (?:google|bing|the search engines?|search engines?|les moteurs de recherche)",
    r"(?:clients?|customers?|donnees|data|factures?|invoices?)(?: [\w']+){0,3}? (?:envoye|transmis|sent|partage"
    r"|shared)\w*(?: \w+){0,2}? (?:a|to) (?:un |une |an? |des )?(?:tiers|third part(?:y|ies)|inconnue?s?|strangers?"
    r"|concurrente?s?|competitors?)(?! (?:api|service|provider|analytics|tool))",
    r"unknown admin\w*", "administrat(?:eur|rice) inconnue?",
    r"(?:stole|stolen|vole\w*)(?: \w+)? (?:the |our |la |les |toute la |toutes les )?(?:whole |entire )?"
    r"(?:users?|customers?|clients?|utilisateurs?) (?:list|table|base|file|data)",
    r"(?:5432|3306|6379|27017|9200|1433|2375)(?: [\w'-]+){0,3}? (?:open|exposed|ouverte?|exposee?|accessible|reachable)"
    r" (?:to|a|sur|from|on|depuis) (?:0\.0\.0\.0(?:/0)?|(?:the |all |tout )?(?:internet|world|public))",
    r"(?:cree|created|added|ajoute|modifie|modified|changed|deleted|supprim|connecte|logged in|accessed"
    r"|promoted|promu)\w*(?: [\w']+){0,4}? (?:par|by|from|depuis) (?:un |une |an? )?(?:inconnue?|unknown"
    r"|strangers?|attaquant|intrus|intruder)\w*",
    r"(?:secrets?|passwords?|mots? de passe|credentials|api keys?|cles? (?:d'api|api|privee?s?)|private keys?"
    r"|connection strings?)(?: (?!fields?|inputs?|forms?|champs?|reset|labels?|box|page|icons?)[\w'.-]+){0,6}?"
    r" (?:affiche\w*|displayed|shown|printed|visibles?|dumped|rendered) (?:in|on|to|dans|sur|a|en)"
    r" (?:the |la |le |an? |une? |l')?(?:error |public )?(?:pages?|site|responses?|reponses?|html|browser|navigateur"
    r"|console|url|tout le monde|everyone)",
    r"(?:see|sees|seeing|voi(?:t|ent)|shown?|affich\w+)(?: [\w',-]+){0,12}? (?:of|belonging to|d') ?(?:an? |un |une "
    r"|des )?(?:strangers?|inconnue?s?|etrangers?)",
    rf"(?:can|could|able to|peut|peuvent|pouvait) (?:read|see|access|download|lire|voir|acceder a"
    rf"|consulter)(?: [\w']+){{0,4}}? (?:tables?|lists?|base|database|data|donnees|passwords"
    rf"|mots de passe)(?: [\w']+){{0,3}}? {WHOEVER}\w*", rf"(?:overwr\w+|ecras\w+){STEP}{{0,3}}? prod(?:uction)?",
    r"restor\w+(?: [\w']+){0,4}? (?:sur|on|onto|to|into|over|dans) (?:la |le |the )?(?:mauvaise?|wrong) \w+",
    rf"(?:all|every|toutes?|tous)(?: [\w']+){{0,4}}? (?:{DATA}|adresses|addresses|prices|prix|passwords|names|noms"
    rf"|{WHOEVER}s?)(?: [\w']+){{0,3}}? (?:with|to|avec|a|par|by) (?:the|la|le) (?:same|meme)",
    rf"{PRIVATE}(?: [\w'-]+){{0,6}}? (?:printed|logged|exposed|posted|published|pushed|committed|shown|uploaded"
    rf"|affiche\w*|publie\w*|pousse\w*|commite\w*|depose\w*) (?:in|to|on|dans|sur|into) (?:an? |the |un |une |le "
    rf"|la )?public", r"hijack\w*",
    r"(?:domaine?|compte|session|nom de domaine)s? (?:\w+ )?(?:detourne|usurpe|pirate)\w*",
    r"(?:employee|employe|salarie|account|compte|stagiaire|prestataire|someone|quelqu'un|unknown"
    r"|inconnu)(?: [\w']+){0,10}? (?:to |a |pour |and )?(?:export|download|copi|copy|telecharg)\w*(?: \w+)? (?:the "
    r"|la |le |tout )?(?:whole|entire|complete|toute?|full|integral\w*) [\w' ]*(?:crm|customers?|clients?|users?"
    r"|base|database|tables?|list|fichier)",
    r"(?:bases?|donnees|data|databases?|fichiers?|lists?|records|comptes|accounts)(?: [\w']+){0,5}? (?:en vente"
    r"|for sale|a vendre|sold|vendue?s?|on a (?:hacker )?forum|sur un forum)",
    r"(?:fuite|perte|vol|leak|theft|loss) (?:donnees|data|clients|base|bdd)",
    r"(?:dumps?|fichiers? clients?|base clients?|customer (?:list|database|data|file)"
    r"|donnees clients?)(?: \w+)? (?:en ligne|online|sur le net|on the web)",
    rf"{STORE}(?: [\w'-]+){{0,5}}? (?:has|had|contient|a|contains|holds|shows|with|avec|compte)(?: now| only| plus"
    rf"| desormais)* (?:0|zero|no|aucune?|que 0) (?:rows?|lignes?|records?|enregistrements?|entries)",
    r"(?:everything|all (?:that|we)|tout ce)(?: [\w'-]+){0,6}? (?:is gone|was lost|is lost|has gone|a disparu"
    r"|est perdu|a ete perdu|are gone)",
    rf"(?:pu|able to|could|managed to|reussi a|parvient a|permet (?:de|d'))(?: \w+)? ?(?:telecharg\w+|download"
    rf"|acced\w+|consult\w+|read|list|lire|lister|recuperer|extraire|extract"
    rf"|dump)(?: [\w']+){{0,3}}? {DATA}(?: [\w']+){{0,6}}? {WHOEVER}\w*",
    r"(?:by|en|en simplement|simply|just) (?:changing|chang\w+|modifi\w+|edit\w+|guess\w+|devin\w+|enumerat\w+"
    r"|tweak\w+|increment\w+|incrementing"
    r"|altering)(?: \w+){0,2}? ?(?:l'|the )?(?:id|ids|identifiant|numero|number|url|adresse|parameter|parametre)",
    r"(?:commandes|donnees|factures|profils|messages|comptes|trajets|billets|adresses|dossiers|reservations"
    r"|paniers) des autres",
    rf"{PRIVATE}(?: [\w'.-]+){{0,6}}? (?:reachable|accessibles?|readable|available|downloadable|visibles?|served"
    rf"|lisibles?|telechargeables?)(?: \w+)? (?:at|on|from|via|through|by|depuis|sur|a) (?:https?|internet|l'url"
    rf"|une url|an? url)",
    r"(?:elastic\w*|mongo\w*|redis|ports?|kibana|dashboards?|jenkins|php ?my ?admin|adminer|buckets?|databases?"
    r"|bases?|admin\w*|interfaces?|consoles?|docker(?: api)?|s3)(?: [\w'.-]+){0,4}?"
    r" (?:open(?:ed)?|exposed|accessible|reachable|ouverte?|exposee?)s? (?:to|sur|a|from|on|depuis) (?:the |all the "
    r"|tout )?(?:whole |entire )?(?:internet|world|public|web|everyone|anyone|tous|monde)",
    r"(?:malware|virus|trojan|backdoor|web ?shell|rootkit|crypto ?miner|cryptomineur|spyware)s?(?! (?:\w+ )?(?:block"
    r"|quarantin|remov|bloque|signature|scan|definition|protect|database|update|supprim|filter))",
    r"root (?:access|shell)(?: \w+)? (?:obtained|gained)", "deface(?:d|ment)?",
    r"(?:someone|somebody) else'?s? (?:profile|account|data|orders?|invoices?|name|tickets?|details|bookings?|trips?)",
    r"(?:profil|compte|donnees|facture|commande|panier|billet)s? de quelqu'un d'autre",
    r"passwords?(?: \w+){0,4}? (?:reset|changed|set) to (?:the same|blank|empty)",
    rf"{STORE}(?: [\w-]+)? (?:is |est |now )?(?:empty|videe?s?)(?= *$|[ ,]+(?:apres|after|depuis|since|suite"
    rf"|following|!))",
    r"(?:deleted?|wiped?|dropped|destroyed|erased?|overwritten|supprim\w+|efface\w*|detrui\w+"
    r"|ecrase\w*)(?: [\w'-]+){0,4}? (?:by mistake|accidentally|by accident|par erreur|par megarde|par accident"
    r"|accidentellement)",
    r"(?:accidentally|mistakenly|par erreur|par megarde) (?:deleted|wiped|dropped|destroyed|erased|overwr\w+"
    r"|supprim\w+|efface\w*|ecrase\w*)", r"(?:drop|truncate) (?:table|database|schema)",
    r"(?:sans|without)(?: la| a| any)?(?: clause)? where", r"(?:no|missing) where clause", "rm -rf",
    r"(?:disk|disque|volume|partition|server|serveur) (?:\w+ )?(?:formatted|formatee?)",
    r"irrecoverabl\w*|irrecuperabl\w*",
    rf"(?:{DATA}|bookings|orders)(?: \w+){{0,2}}? (?:are |is |were |ont |a |sont )?(?:gone|missing from"
    rf"|manquante?s? (?:en|dans)|vanished)",
    r"(?:passwords?|mots de passe|credentials|secrets?|tokens?|personal data|pii|donnees personnelles|card numbers?"
    r"|numeros de carte)"
    r"['\"]?(?: [\w'-]+){0,4}? (?:in|dans|en) (?:the |les )?(?:\w+ )?(?:logs?|journaux|clear|clair|plain ?text|url)",
    r"(?:sql )?injection (?:\w+ ){0,2}?(?:exploited|succeeded|confirmed|exploitee|reussie|confirmee)",
    rf"(?:belong(?:s|ing)? to|logged in(?:to| as)|connecte\w* (?:sur|au|a)(?: le| la)?(?: compte"
    rf"| session)?)(?: the)?(?: account of)?"
    rf" (?:(?:an)?other {WHOEVER}|d'(?:un |une )?autres? {WHOEVER}|someone else)\w*",
    rf"(?:accounts?|comptes?|sessions?|profile?s?|donnees|data|trips|trajets|factures|invoices|tickets|billets)"
    rf" (?:of|d'|de l'|des) ?(?:un |une )?(?:(?:an)?other|autres?) {WHOEVER}\w*",
    r"(?:admin|administration|back-?office|dashboard)\w*(?: \w+){0,3}? (?:without (?:authentication|a? ?password"
    r"|login)|sans (?:mot de passe"
    r"|authentification)|open to (?:all|everyone|the internet)|ouverte? a tous)",
    # seen by the wrong eyes
    r"(?:see|sees|seeing|voi(?:t|ent|s)|recoi(?:t|vent)|receives?|received|gets?|got|displays?|shows?|shown|affich\w+"
    r"|access\w*|acced\w+|consult\w+|downloads?|returns?|renvoie|envoye\w*|sent|opens?|read)"
    rf"{STEP}{{0,9}}? (?:(?:an)?other {WHOEVER}\w*|(?:d'|a |l'|les )(?:un |une )?autres? {WHOEVER}s?"
    "|someone else'?s?|somebody else'?s?|quelqu'un d'autre)",
    rf"{PRIVATE}{STEP}{{0,8}}? (?:public link|lien public|publicly|publiquement|en acces libre|world[- ]readable"
    r"|(?:accessible|lisible|visible|readable|reachable|downloadable|telechargeable)s? (?:to|by|par|pour|a|en|from|"
    r"depuis|sans|without|dans|on|sur) (?:anyone|everyone|n'importe|tou[st]\w*|public|internet|mot de passe|auth\w*"
    r"|login|password|ligne|le web|the web|the internet)|without (?:a )?(?:password|auth\w*|login)"
    r"|sans (?:mot de passe|auth\w*)|open to (?:the )?(?:internet|public|world|everyone)|indexe\w* par google"
    r"|indexed by google|(?:on|sur|vers|to) (?:github|pastebin|(?:the |le )?dark ?web|(?:the )?internet(?! explorer))"
    r"|leaked|exposed|exposee?s?|published|publiee?s?|divulguee?s?|en clair|in clear ?text|in plain ?text|public)",
    rf"{PRIVATE}['\"]?{STEP}{{0,10}}? (?:no|sans) (?:login|password|auth\w*|sign-?in|mot de passe|identification"
    r"|se connecter|etre connecte\w*|log(?:ging)? in|connexion|compte)(?: (?:is )?(?:needed|required|asked|requis\w*"
    r"|demande\w*|necessaire))?",
    "(?<!memory )(?<!connection )(?<!descriptor )(?<!goroutine )(?<!thread )(?<!handle )(?<!resource )(?:leak|fuite)s?"
    " (?:is |was |est |a ete )?(?:confirme(?:d|e)|averee)",
    r"(?:encrypted|chiffre\w*) (?:by|par) (?:an? |un |des |the )?[\w-]+", "attackers?", "attaquants?",
    "hack(?:ed|ers?)",
    rf"(?:telecharge|downloaded|copie|copied|aspire|siphonne|stole)\w* (?:toute? |all |the (?:whole|entire) )"
    rf"(?:la |les |the )?(?:{STORE}|{DATA}|customers?|clients?)",
    r"(?:commandes?|reservations?|factures?|comptes?|trajets?|paiements?) (?:[\w']+ ){0,2}?manque(?:nt)?",
    "breach", r"ransom\w*",
    r"(?:suspicious|unknown|unauthori[sz]ed|suspecte?s?|inconnue?s?|malveillant\w*|malicious|etranger\w*|foreign"
    r"|strange)(?: [\w',-]+){0,10}? (?:exported|downloaded|copied|dumped|scraped|exporte\w*|telecharge\w*|copie\w*"
    r"|aspire\w*)", "rancongiciel", "intrusion", "piratage", "pirate(?:e|s)?", r"exfiltrat\w*",
    r"(?:account|server|system|host|key|token|secret|compte|serveur|cle|jeton)s? (?:\w+ )?(?:compromised"
    "|compromise?e?s?|leaked|fuite)",
    "(?:unauthori[sz]ed|unauthenticated) access", "acces non (?:autorise|authentifie)",
)  # fmt: skip

ROUTINE: Final = re.compile(
    r"^(?!.*\b(?:mistake|error|accident\w*|wrong\w*|erreur|incident|lost|perdu\w*)\b)"
    r".*\b(?:retention|old|older|oldest|ancien\w*|vieux|vieilles?|obsolete|expired|perime\w*|rotation|cleanup"
    r"|nettoyage|automati\w+|archived?)\b"
)
"""What deletes old data on purpose loses nothing."""
PRODUCTION: Final = (
    r"(?:prod\w* (?:database|db|base|bdd)|(?:database|db|base(?: de donnees)?|bdd) (?:of |de )(?:la )?prod\w*)"
)
EVERYTHING: Final = re.compile(
    rf"\b(?:{PRODUCTION}(?: (?!(?:old|ancien\w*)\b)\w+){{0,2}}? {ERASED}"
    rf"|{ERASED} (?:(?:the|our|la|notre|whole|entire|toute) )*{PRODUCTION}(?! (?:backup|dump|snapshot|log|replica)))\b"
)
"""No routine deletes the whole of it."""
DELETES: Final = re.compile(rf"{GONE}|delet|purg|remov|loss|perte|suppression|manque")
