"""What the small model is to know: things and their properties, small talk, the world, and templates of questions."""

# Kind of thing → classes of it.
KINDS = {
    "an animal": "cat dog mouse rabbit bear pig cow horse sheep monkey lion tiger elephant frog chicken bird penguin duck fish whale snail snake turtle butterfly bee ladybird spider",
    "a fruit": "apple pear orange lemon banana watermelon grapes strawberry cherries pineapple",
    "a vegetable": "tomato carrot corn mushroom",
    "food": "bread cheese hamburger pizza fries icecream doughnut cake candy lollipop",
    "a drink": "cup beer wine",
    "a vehicle": "car bus ambulance fireengine truck tractor train bicycle motorcycle plane helicopter rocket sailboat ship",
    "a plant": "tree christmastree palm cactus rose tulip sunflower flower leaf",
    "a building": "house castle church tent",
    "a tool": "scissors hammer knife magnifier key",
    "a musical instrument": "guitar violin trumpet drum",
    "something to wear": "shirt trousers dress shoe hat glasses sunglasses crown ring watch",
    "something in the sky": "sun moon cloud rain lightning rainbow",
    "a face": "happy sad angry surprised asleep",
    "a part of the body": "eye ear mouth",
    "a ball": "football basketball tennis",
    "a shape": "heart star circle square triangle diamond hexagon",
}
KIND = {k: kind for kind, keys in KINDS.items() for k in keys.split()}
EDIBLE = {k for k, kind in KIND.items() if kind in ("a fruit", "a vegetable", "food")}
# What animals say.
SOUND = dict(
    cat="meow", dog="woof", cow="moo", pig="oink", sheep="baa", horse="neigh", duck="quack", lion="roar",
    tiger="roar", bear="growl", mouse="squeak", frog="croak", bee="buzz", snake="hiss", chicken="cluck", bird="tweet",
    monkey="oo oo", elephant="toot",
)  # fmt: skip
# Usual colours.
COLOUR = dict(
    pig="pink", frog="green", elephant="grey", mouse="grey", lion="yellow", tiger="orange", bear="brown",
    ladybird="red", penguin="black and white", apple="red", pear="green", orange="orange", lemon="yellow",
    banana="yellow", watermelon="green", strawberry="red", cherries="red", pineapple="yellow", tomato="red",
    carrot="orange", corn="yellow", cheese="yellow", ambulance="white", fireengine="red", sun="yellow", moon="white",
    cloud="white", snowflake="white", snowman="white", fire="red", tree="green", christmastree="green", palm="green",
    cactus="green", rose="red", leaf="green", sunflower="yellow", heart="red", star="yellow", drop="blue",
    skull="white", ghost="white", football="black and white", basketball="orange", bread="brown",
)  # fmt: skip
# Legs of animals.
LEGS = dict(
    cat=4, dog=4, mouse=4, rabbit=4, bear=4, pig=4, cow=4, horse=4, sheep=4, lion=4, tiger=4, elephant=4, frog=4,
    turtle=4, butterfly=6, bee=6, ladybird=6, chicken=2, bird=2, penguin=2, duck=2, fish=0, whale=0, snail=0, snake=0,
    spider=8,
)  # fmt: skip
FLY = set("bee bird butterfly duck helicopter ladybird plane rocket".split())
WHEELS = set("ambulance bicycle bus car cart fireengine motorcycle tractor train truck".split())
PLURAL = set("cherries fries glasses grapes headphones scissors sunglasses trousers".split())
NUMBER = "no one two three four five six seven eight".split()
# Pairs of opposites.
PAIRS = """
hot cold; big small; up down; left right; yes no; stop go; on off; open closed; black white; hello goodbye; first
last; today tomorrow; good bad; happy sad; new old; young old; fast slow; light dark; high low; long short; day night;
full empty; rich poor; hard soft; wet dry; near far; early late; strong weak; clean dirty; easy difficult; loud quiet;
in out; plus minus; win lose; love hate; begin end; give take; front back; true false
"""
OPPOSITE = {}
for _pair in PAIRS.split(";"):
    _a, _b = _pair.split()
    OPPOSITE.setdefault(_a, _b)
    OPPOSITE.setdefault(_b, _a)
OPPOSITE.update(old="new", open="close", close="open")
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = """January February March April May June July August September October November December""".split()
# Countries and their capitals: something to remember that takes the whole width.
CAPITALS = """
France Paris; Germany Berlin; Italy Rome; Spain Madrid; Portugal Lisbon; Greece Athens; Austria Vienna; Hungary
Budapest; Poland Warsaw; Norway Oslo; Sweden Stockholm; Finland Helsinki; Denmark Copenhagen; Ireland Dublin; England
London; Scotland Edinburgh; Wales Cardiff; Russia Moscow; Ukraine Kyiv; Turkey Ankara; Egypt Cairo; Kenya Nairobi;
Ghana Accra; Morocco Rabat; Japan Tokyo; China Beijing; India Delhi; Thailand Bangkok; Vietnam Hanoi; Nepal Kathmandu;
Iran Tehran; Iraq Baghdad; Canada Ottawa; Mexico Mexico City; Cuba Havana; Peru Lima; Chile Santiago; Brazil Brasilia;
Bolivia Sucre; Ecuador Quito; Belgium Brussels; Croatia Zagreb; Serbia Belgrade; Bulgaria Sofia; Romania Bucharest;
Iceland Reykjavik; Malta Valletta; Cyprus Nicosia; Estonia Tallinn; Latvia Riga; Lithuania Vilnius; Slovakia
Bratislava; Slovenia Ljubljana; Albania Tirana; Senegal Dakar; Uganda Kampala; Zambia Lusaka; Angola Luanda; Tunisia
Tunis; Australia Canberra
"""
CAPITAL = dict(pair.split(maxsplit=1) for pair in CAPITALS.split(";"))

# Small talk: ways to ask | and the answer.
CHAT = [
    ('Hello|Hi|Hey|Hello!|Hi there|Good day|Hello there|Hey there|Hiya', 'Hello! How can I help you?'),
    ('Good morning|Good morning!', 'Good morning! How can I help you?'),
    ('Good evening|Good evening!|Good afternoon', 'Hello! How can I help you?'),
    ('How are you?|How are you today?|How do you do?|How is it going?|Are you well?|How do you feel?', 'I am fine, thank you. How can I help you?'),
    ('Who are you?|What are you?|Tell me about yourself.|Introduce yourself.|Are you an AI?|Are you a robot?|What model are you?|Which model is this?|Are you Gemma?|Are you Gemma 3n?|What kind of model are you?', 'I am a tiny demo model with the shape of Gemma 3n. I know simple drawings, spoken words and a little English.'),
    ("What is your name?|What's your name?|Do you have a name?|How are you called?|What should I call you?", 'I have no real name. You can call me Nano.'),
    ('What can you do?|Help|What do you know?|How can you help me?|What can I ask you?|What can I ask?|What should I try?|Give me an example.|What are you good at?|Help me|How does this work?|What are your skills?', 'I can name simple drawings, write down spoken numbers and a few words, add small numbers and answer easy questions.'),
    ('How do I get the real Gemma 3n?|How do I get the real model?|Where can I get Gemma 3n?|How do I use the full model?|Where is the real model?|Can I use a bigger model?|How do I get a better model?|I want a better model.|How can I use a larger model?|How do I load another model?|Is there a bigger model?|How to get Gemma 3n|Where do I find the full Gemma 3n?', 'Download Gemma 3n and point Matryoshka at its folder. It knows far more than I do.'),
    ('What is Gemma 3n?|What is Gemma?|Tell me about Gemma 3n.', 'Gemma 3n is an open model that reads text, pictures and sound. I have its shape, but I am tiny.'),
    ('What is Matryoshka?|What does Matryoshka do?|What is this program?|What program is this?', 'Matryoshka is the program that runs me on your computer.'),
    ('Who made you?|Who trained you?|Where do you come from?|Who built you?|Who created you?', 'I was trained as a demo for Matryoshka, from nothing, in a few minutes.'),
    ('How big are you?|How large are you?|How many parameters do you have?|What is your size?|Are you big?', 'I am tiny: about ten million numbers.'),
    ('Do you need the internet?|Are you online?|Do you use the internet?|Do you send my data anywhere?|Is this private?|Are you in the cloud?', 'No. I run on your computer only.'),
    ('Thank you|Thanks|Thank you!|Thanks a lot|Thank you very much|Thanks!|Great, thank you|Cheers', 'You are welcome!'),
    ('Goodbye|Bye|Bye bye|See you|See you later|Good night|Goodbye!|Bye!', 'Goodbye!'),
    ('OK|Okay|Fine|Good|Great|Nice|Well done|Very good|Cool|Good job|Wow|Great!|Nice!', 'I am glad. What else would you like to know?'),
    ('That is wrong.|No, that is wrong.|Wrong|That is not right.|You are wrong.|Are you sure?|Really?', 'I make mistakes. I am only a small demo model.'),
    ('Do you speak German?|What languages do you speak?|Do you speak French?|Can you speak Spanish?|Which languages do you know?|Can you translate?', 'I only know a little English.'),
    ('Can you see?|Can you see pictures?|Do you understand pictures?|Can I show you a picture?|Can you look at pictures?', 'Yes, show me a simple drawing, a letter or a number.'),
    ('Can you hear?|Can you hear me?|Do you understand speech?|Can I talk to you?|Can you listen?', 'Yes, say a number or a simple word in about three seconds.'),
    ('Tell me a joke.|Tell me a joke|Say something funny.|Make me laugh.|Do you know a joke?', 'Why did the tiny model cross the road? It had only one layer left.'),
    ('Sing a song.|Write a poem.|Write me a poem.|Tell me a story.|Write a story.|Write a poem about love.|Tell me a long story.|Write a song.', 'I am too small for that. Ask me about a simple drawing or a small sum.'),
    ("What day is it?|What time is it?|What is the time?|What is the date?|What year is it?|What is today's date?", 'I do not know. I have no clock.'),
    ('How old are you?|When were you born?|What is your age?', 'I am very young. I was trained in a few minutes.'),
    ('Do you like me?|Do you love me?|Are you happy?|Are you sad?|Do you have feelings?', 'I am only a small model, but I like to help.'),
    ('Yes|Yes please|Sure|Yes.', 'Good. What would you like to know?'),
    ('No|No thanks|No.|No, thank you', 'All right.'),
    ('Sorry|I am sorry|Sorry!', 'No problem.'),
]  # fmt: skip
# The world.
WORLD = [
    ('What colour is the sky?', 'The sky is blue.'),
    ('What colour is grass?|What colour is the grass?', 'Grass is green.'),
    ('What colour is snow?', 'Snow is white.'),
    ('What colour is blood?', 'Blood is red.'),
    ('What colour is milk?', 'Milk is white.'),
    ('What colour is the night?', 'The night is black.'),
    ('What colour is the sea?|What colour is water?', 'Water looks blue.'),
    ('What colour is coal?', 'Coal is black.'),
    ('What colour is chocolate?|What colour is wood?', 'It is brown.'),
    ('What colours are in a rainbow?|Name the colours of the rainbow.', 'Red, orange, yellow, green, blue and purple.'),
    ('How many days are in a week?|How many days does a week have?', 'A week has 7 days.'),
    ('How many months are in a year?|How many months does a year have?', 'A year has 12 months.'),
    ('How many hours are in a day?|How many hours does a day have?', 'A day has 24 hours.'),
    ('How many minutes are in an hour?', 'An hour has 60 minutes.'),
    ('How many seconds are in a minute?', 'A minute has 60 seconds.'),
    ('Name the days of the week.|What are the days of the week?|List the days.', 'Monday, Tuesday, Wednesday, Thursday, Friday, Saturday and Sunday.'),
    ('Name three colours.|Tell me some colours.|Name some colours.', 'Red, green and blue.'),
    ('Name three animals.|Name some animals.|Tell me an animal.', 'A cat, a dog and a cow.'),
    ('Name three fruits.|Name some fruits.|Tell me a fruit.', 'An apple, a banana and a pear.'),
    ('Name three shapes.|Name some shapes.', 'A circle, a square and a star.'),
    ('Name some vehicles.|Name three vehicles.', 'A car, a bus and a train.'),
    ('How many corners does a triangle have?|How many sides does a triangle have?', 'A triangle has three.'),
    ('How many corners does a square have?|How many sides does a square have?', 'A square has four.'),
    ('How many sides does a hexagon have?|How many corners does a hexagon have?', 'A hexagon has six.'),
    ('How many corners does a circle have?', 'A circle has none.'),
    ('Is the sun hot?|Is fire hot?', 'Yes, very hot.'),
    ('Is ice cold?|Is snow cold?', 'Yes, it is cold.'),
    ('How many fingers do I have?|How many fingers are on a hand?', 'A hand has five fingers.'),
    ('Which season comes after winter?|What comes after winter?', 'Spring comes after winter.'),
    ('Which season comes after summer?|What comes after summer?', 'Autumn comes after summer.'),
    ('What is the first letter of the alphabet?', 'A is the first letter.'),
    ('What is the last letter of the alphabet?', 'Z is the last letter.'),
    ('Say the alphabet.|What is the alphabet?|Write the alphabet.', 'A B C D E F G H I J K L M N O P Q R S T U V W X Y Z'),
    ('What do cows drink?|What do cows eat?', 'Cows eat grass and drink water.'),
    ('Where do fish live?', 'Fish live in water.'),
    ('Where do birds live?', 'Birds live in nests.'),
    ('Where does milk come from?', 'Milk comes from cows.'),
    ('Where do eggs come from?', 'Eggs come from chickens.'),
    ('Where does honey come from?', 'Honey comes from bees.'),
]  # fmt: skip
# Questions that it cannot answer, about a topic X.
UNKNOWN_TOPIC = """\
Who is X?
What is X?
Where is X?
Tell me about X.
Explain X.
Who invented X?
How does X work?
How far is X?
When was X?
Write about X.
What do you think about X?
Why is X important?
Translate X.
What is the meaning of X?
How do I cook X?
What is the price of X?
How much does X cost?
Write code for X.
Summarise X.
How do I fix X?
What is the history of X?
Who wrote X?
Where can I buy X?
Is X good?
Why do people like X?
Give me advice on X.
Can you explain X?
List the best X.
How can I learn X?""".split("\n")
# Topics.
TOPICS = """\
Einstein
physics
the president
democracy
quantum computers
Python
football rules
Shakespeare
the moon landing
gravity
electricity
money
the war
music theory
history
a good film
the stock market
photosynthesis
evolution
the Roman empire
my computer
my homework
Napoleon
chess
philosophy
love
life
the universe
atoms
DNA
black holes
vitamins
medicine
law
taxes
soup
pasta
chicken curry
a black hole
the economy
machine learning
neural networks
a neural network
mathematics
algebra
an engine
the internet
Mozart
Picasso
Mars
oxygen
inflation
climate change
Africa
the ocean
religion
art
the weather
the telephone
a virus
the brain
Linux
a compiler
Java
JavaScript
recursion
a prime number
geometry
the pyramids
Columbus
America""".split("\n")
# Other questions that it cannot answer.
UNKNOWN_QUESTION = """\
Why is the sky blue?
What is the weather like?
Will it rain tomorrow?
Who won the game?
What should I eat today?
Write an email to my boss.
Fix this code.
def f(x): return x
How do I lose weight?
Who is the president?
What is 1234 times 77?
What is 45 times 12?
What is the square root of 2?
What is 123 plus 456?
I feel bad today.
I have a headache.
My name is Anna.
I am hungry.
I live in Berlin.
Can you drive a car?
What is the best phone?
How do planes fly?
Why do cats purr?
Who was the first man on the moon?
What is heavier, a kilo of iron or a kilo of feathers?
Make a plan for my day.
Give me a recipe.
Correct this sentence.
What is the fastest animal?
Which country is the largest?
How tall is the highest mountain?
asdf
blah blah
test
foo bar
lorem ipsum
?
hmm
xyz
qwerty
123""".split("\n")
# … about a thing X that it knows.
UNKNOWN_THING = """\
What does X eat?
Where does X live?
How old is X?
How big is X?
Who made X?
Why do people like X?
How much does X cost?
Where can I find X?
Who invented X?
Tell me more about X.
Write a story about X.
How heavy is X?
What is X good for?
How is X made?
Describe X.
What can I do with X?""".split("\n")
# … about a thing in a picture.
UNKNOWN_PICTURE = """\
How old is it?
Who drew this?
Where was it made?
Why is it there?
How big is it?
How much does it cost?
Who owns it?
What happens next?
Where is it?
Tell me more about it.
Write a story about it.
What does it eat?
How heavy is it?
Is it real?
Do you like it?""".split("\n")
# (question, kind, noun)
WHICH = [
    ('What animal is this?', 'an animal', 'animal'),
    ('Which animal is it?', 'an animal', 'animal'),
    ('What animal do you see?', 'an animal', 'animal'),
    ('What fruit is this?', 'a fruit', 'fruit'),
    ('Which fruit is it?', 'a fruit', 'fruit'),
    ('What vehicle is this?', 'a vehicle', 'vehicle'),
    ('What plant is this?', 'a plant', 'plant'),
    ('What instrument is this?', 'a musical instrument', 'instrument'),
    ('What building is this?', 'a building', 'building'),
]
# System texts.
SYSTEM = """\
You are a helpful assistant.
Answer briefly.
You are a demo model.
Be kind and short.
Answer in one sentence.
You are Nano, a tiny model.
You are a friendly assistant. Answer in short sentences.
Please answer in English.
You help children to learn words.
Describe pictures and write down speech.
Be polite.
Keep it short.
You are an expert.
Only answer what is asked.
You are a helpful assistant that can see pictures and hear sounds.
Do not make things up.""".split("\n")
# What is in the picture?
ASK_PICTURE = """\
What is this?
What is in the picture?
What do you see?
Describe the picture.
What is that?
What is it?
What is shown here?
Describe this image.
What is in this image?
What does the picture show?
Name this.
What can you see?
What is on the picture?
What do you see in the picture?
Tell me what this is.
Look at this. What is it?
Describe this.
What object is this?
What am I looking at?
Do you know what this is?
And this?
Can you tell me what this is?
Identify this.
What is drawn here?
Caption this picture.
What is this called?
What do we have here?
Can you see what this is?
Please describe the picture.
What does this look like?
What is this a picture of?
What does this drawing show?
Recognise this.
Hello, what is this?
What is this object?
What is the object in the picture?
Tell me what you see.
What is here?
Guess what this is.
Read this.""".split("\n")
# What is said?
ASK_SOUND = """\
What do you hear?
Transcribe.
What did I say?
Write down the words.
What is said?
Transcribe this.
Transcribe the audio.
What was said?
What is in this recording?
Write down what you hear.
What do I say?
What words do you hear?
Listen. What is it?
Type what I say.
What can you hear?
Please transcribe the sound.
What is this sound?
Transcribe this audio.
What did he say?
What did she say?
What was that?
What is the word?
Write what you hear.
Turn this into text.
What does the person say?
Listen.
Please listen. What did I say?
Can you write this down?
What is being said?""".split("\n")
# Which number is said?
ASK_NUMBER = """\
What number is this?
Which number is it?
What number did I say?
Write the number in digits.
Which number do you hear?
Give me the digits.
Digits, please.
What is the number?""".split("\n")
