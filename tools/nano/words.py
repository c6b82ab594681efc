"""What the sound tower can write down, and the words that it must learn to refuse."""

DIGITS = "zero one two three four five six seven eight nine".split()
WORDS = (
    DIGITS
    + """ten eleven twelve twenty hundred thousand yes no hello goodbye stop left right up down on off open red blue yellow
    black white cat dog house water music tree car star please sorry play pause next last today tomorrow plus minus banana
    elephant computer happy""".split()
    + ["thank you", "good morning"]
)
UNKNOWN = "<unk>"
VOCABULARY = ["<blank>", *WORDS, UNKNOWN]

# None of these is a word of the vocabulary or sounds like a digit on a telephone line.
OTHERS = [
    w
    for w in """apple bread butter cheese kitchen window garden flower mountain river ocean island forest desert summer winter
    spring morning evening night mother father sister brother teacher doctor student school college office table chair bottle
    paper pencil letter picture story movie camera radio television keyboard mouse printer engine wheel bicycle train plane boat
    ship truck bridge road street city village country world planet earth moon sky cloud rain snow wind storm thunder fire smoke
    stone metal silver iron copper orange purple pink brown grey horse cow sheep pig chicken duck goose rabbit tiger lion bear
    wolf monkey snake spider fish shark whale bird eagle hair face nose mouth ear finger hand arm leg foot knee shoulder heart
    brain blood sugar salt pepper coffee tea milk juice wine beer angry hungry tired simple difficult heavy light strong weak
    quick slow warm cold early late small large beautiful important different possible question answer problem reason example
    business company market money price customer service history science language culture people person woman child baby friend
    neighbour family party dinner breakfast lunch holiday travel running walking jumping swimming reading writing singing
    dancing listening talking thinking sleeping cooking cleaning because although between against through without before after
    under above never always often maybe perhaps really very much some any every other another many few several about around
    again together already almost enough""".split()
    if w not in WORDS
]
