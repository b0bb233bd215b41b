"""Names of people, streets, towns and firms for invented lists, frequent ones first."""

# fmt: off

GERMAN_GIVEN = [
    "Peter", "Michael", "Thomas", "Andreas", "Wolfgang", "Klaus", "Jürgen", "Günter", "Stefan", "Christian",
    "Uwe", "Werner", "Horst", "Frank", "Dieter", "Manfred", "Gerhard", "Hans", "Bernd", "Jörg", "Matthias",
    "Martin", "Alexander", "Sebastian", "Florian", "Tobias", "Lukas", "Leon", "Jonas", "Felix", "Maximilian",
    "Paul", "Maria", "Ursula", "Monika", "Petra", "Elisabeth", "Sabine", "Renate", "Helga", "Karin", "Brigitte",
    "Ingrid", "Erika", "Andrea", "Gisela", "Claudia", "Susanne", "Gabriele", "Christa", "Christine", "Hildegard",
    "Anna", "Birgit", "Barbara", "Gertrud", "Heike", "Angelika", "Katharina", "Stefanie", "Julia", "Laura",
    "Sophie", "Lena", "Lea", "Jana", "Katrin", "Nicole", "Sandra", "Anja", "Tanja", "Franziska", "Johanna",
    "Friederike", "Annette",
]
GERMAN_COMMON = [
    "Müller", "Schmidt", "Schneider", "Fischer", "Weber", "Meyer", "Wagner", "Becker", "Schulz", "Hoffmann",
    "Schäfer", "Koch", "Bauer", "Richter", "Klein", "Wolf", "Schröder", "Neumann", "Schwarz", "Zimmermann",
    "Braun", "Krüger", "Hofmann", "Hartmann", "Lange", "Krause", "Lehmann", "Köhler", "Walter", "König",
]
GERMAN_FIRST = [
    "Berg", "Stein", "Wald", "Linden", "Ober", "Nieder", "Neu", "Alt", "Hof", "Eichen", "Birken", "Rosen",
    "Kirch", "Feld", "Busch", "Wiesen", "Sand", "Brink", "Holz", "Mühl", "Grün", "Weiß", "Schön", "Reich",
    "Stroh", "Hase", "Kessel", "Brand", "Winter", "Sommer",
]
GERMAN_LAST = [
    "mann", "müller", "bauer", "meier", "hofer", "bach", "berg", "feld", "stein", "thal", "kamp", "horst",
    "hagen", "dorfer", "brock", "walder", "huber",
]
GERMAN_STREETS = [
    "Haupt", "Bahnhof", "Garten", "Schul", "Berg", "Kirch", "Wald", "Linden", "Ring", "Mühlen", "Wiesen",
    "Rosen", "Goethe", "Schiller", "Park", "Markt", "Burg", "Brunnen", "Sonnen", "Feld", "Birken", "Eichen",
    "Buchen", "Kloster", "Bach", "Tal", "Schloss", "Friedhof", "Post", "Molke",
]
TOWNS = [
    "Berlin 10115", "Hamburg 20095", "München 80331", "Köln 50667", "Frankfurt 60311", "Stuttgart 70173",
    "Düsseldorf 40213", "Leipzig 04109", "Dortmund 44135", "Essen 45127", "Bremen 28195", "Dresden 01067",
    "Hannover 30159", "Nürnberg 90402", "Duisburg 47051", "Bochum 44787", "Wuppertal 42103", "Bielefeld 33602",
    "Bonn 53111", "Münster 48143", "Karlsruhe 76133", "Mannheim 68159", "Augsburg 86150", "Kiel 24103",
]
FRENCH_GIVEN = [
    "Jean", "Pierre", "Michel", "André", "Philippe", "Alain", "Bernard", "Patrick", "Daniel", "Christophe",
    "Nicolas", "Laurent", "Stéphane", "Olivier", "Julien", "Thomas", "Antoine", "Mathieu", "François", "Éric",
    "Marie", "Nathalie", "Isabelle", "Sylvie", "Catherine", "Françoise", "Martine", "Christine", "Valérie",
    "Sandrine", "Véronique", "Céline", "Aurélie", "Émilie", "Camille", "Léa", "Chloé", "Manon", "Hélène",
    "Sophie",
]
FRENCH_FIRST = [
    "Du", "La", "Le", "Bon", "Beau", "Mont", "Font", "Roche", "Ville", "Champ", "Bois", "Val", "Mar", "Char",
    "Bel", "Cor", "Del", "Gar", "Per", "Tour",
]
FRENCH_LAST = [
    "pont", "bert", "tin", "lier", "vier", "teau", "ret", "mont", "rand", "let", "neau", "ges", "court", "din",
    "lot", "val", "champ", "brun", "garde", "son",
]
FRENCH_ENDS = [
    "", "", "ier", "eau", "on", "elle", "et", "ard",
]
FRENCH_TOWNS = [
    "Paris", "Lyon", "Marseille", "Toulouse", "Nice", "Nantes", "Strasbourg", "Lille", "Rennes", "Reims",
    "Grenoble", "Dijon", "Angers", "Le Havre", "Saint-Étienne", "Aix-en-Provence",
]
TRADES = [
    "Transports", "Industries", "Conseil", "Services", "Mécanique", "Logistique", "Bâtiment", "Numérique",
    "Énergie",
]
FORMS = [
    "SARL", "SAS", "SA", "",
]
ENGLISH_GIVEN = [
    "Robert", "William", "James", "John", "Thomas", "Edward", "David", "Michael", "Andrew", "Christopher",
    "Matthew", "Anthony", "Stephen", "Daniel", "Joseph", "Benjamin", "Samuel", "Nicholas", "Peter", "Philip",
    "George", "Henry", "Margaret", "Elizabeth", "Katherine", "Rebecca", "Jennifer", "Susan", "Deborah",
    "Victoria", "Patricia", "Jessica", "Charlotte", "Eleanor", "Emily", "Olivia", "Sarah", "Alice", "Lucy",
    "Hannah",
]
ENGLISH_FIRST = [
    "Ash", "Black", "Brad", "Crow", "Dun", "East", "Fair", "Green", "Hart", "Kirk", "Lang", "North", "Old",
    "Pem", "Red", "Shel", "Stan", "Thorn", "West", "Whit",
]
ENGLISH_LAST = [
    "by", "combe", "croft", "dale", "don", "field", "ford", "ham", "hurst", "ley", "man", "more", "ridge",
    "shaw", "ton", "wick", "wood", "worth",
]
ENGLISH_ENDS = [
    "", "", "s", "son", "er", "ing", "all",
]
SHORT = {
    "Robert": "Bob", "William": "Bill", "James": "Jim", "Thomas": "Tom", "Edward": "Ted", "David": "Dave",
    "Michael": "Mike", "Andrew": "Andy", "Christopher": "Chris", "Matthew": "Matt", "Daniel": "Dan",
    "Joseph": "Joe", "Benjamin": "Ben", "Samuel": "Sam", "Nicholas": "Nick", "Margaret": "Maggie",
    "Elizabeth": "Liz", "Katherine": "Kate", "Rebecca": "Becky", "Jennifer": "Jenny", "Susan": "Sue",
    "Victoria": "Vicky", "Alexander": "Alex", "Sebastian": "Basti", "Maximilian": "Max", "Stefanie": "Steffi",
    "Susanne": "Susi", "Katharina": "Kathi", "Elisabeth": "Lisa", "Gabriele": "Gabi", "Johanna": "Hanna",
    "Tobias": "Tobi",
}
UMLAUTS = str.maketrans({'ä': 'ae', 'ö': 'oe', 'ü': 'ue', 'Ä': 'Ae', 'Ö': 'Oe', 'Ü': 'Ue', 'ß': 'ss'})
