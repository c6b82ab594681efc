"""Makes conversations: (system text or None, [(parts of the user's turn, answer, whether it takes the whole width)]). A part is a
text, ("picture", j) or ("sound", j). A tenth of what can be told apart (a fact of a thing, a sum) is kept back for the test."""

import hashlib

from facts import (
    ASK_NUMBER, ASK_PICTURE, ASK_SOUND, CAPITAL, CHAT, COLOUR, DAYS, EDIBLE, FLY, KIND, LEGS, MONTHS, NUMBER, OPPOSITE, PLURAL,
    SOUND, SYSTEM, TOPICS, UNKNOWN_PICTURE, UNKNOWN_QUESTION, UNKNOWN_THING, UNKNOWN_TOPIC, WHEELS, WHICH, WORLD,
)  # fmt: skip
from glyphs import CHARACTERS
from words import UNKNOWN

REFUSE = "I am not sure. I am only a small demo model that knows simple drawings."
UNHEARD = "I could not make that out."
UNKNOWN_ANSWER = "I do not know that. I am only a small demo model. For real answers, use the full Gemma 3n."
FIGURES = {w: str(i) for i, w in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())}
FIGURES.update(twenty="20", hundred="100", thousand="1000")
COLOUR_NAMES = "red orange yellow green blue purple pink brown black".split()
SHAPES = "circle square triangle star heart diamond hexagon".split()
GREETINGS = {
    "hello": "Hello! How can I help you?",
    "good morning": "Good morning! How can I help you?",
    "thank you": "You are welcome!",
    "goodbye": "Goodbye!",
}


def held_back(*key):
    return int(hashlib.md5("|".join(map(str, key)).encode()).hexdigest(), 16) % 10 == 0


def capital(s):
    return s[0].upper() + s[1:]


class Things:
    """names: the tower's classes; answers: {class: its name with an article}."""

    def __init__(self, names, answers):
        self.names, self.answers, self.keys = names, dict(answers), list(answers)
        for k in SHAPES:
            self.answers.setdefault(k, "a " + k)
        self.of_kind = {}
        for k in self.answers:
            self.of_kind.setdefault(KIND.get(k), []).append(k)

    def full(self, label, colour=None):
        """What is named for a class (and a colour's name); None for the unknown."""
        name = self.names[label]
        if name == "unknown":
            return None
        if name.startswith("glyph "):
            character = name[6:]
            return f"the {'number' if character.isdigit() else 'letter'} {character}"
        if colour is not None:
            return f"{'an' if colour[0] in 'aeiou' else 'a'} {colour} {self.bare(name)}"
        return self.answers[name]

    def bare(self, key):
        answer = self.answers[key]
        return answer.split(" ", 1)[1] if answer.startswith(("a ", "an ", "the ")) else answer


IS = ["is " + k for k in """an animal;a fruit;food;a vehicle;a plant;a building;a tool;a musical instrument
something to wear""".replace("\n", ";").split(";")]  # fmt: skip
PROPERTIES = dict(
    zip(
        "what eat alive fly wheels say legs colour spell first count".split() + IS,
        [3, 4, 2, 1.5, 1.5, 4, 2, 2, 4, 1.5, 1, 4, 2.5, 2.5, 3, 1.5, 1, 1, 1, 1],
    )
)
BOOST = dict(eat=3, fly=6, wheels=8, alive=2)


def living(key):
    return KIND.get(key) in ("an animal", "a plant")


def positive(key, of):
    """Has the thing the property asked for?"""
    if of.startswith("is "):
        return KIND.get(key) == of[3:] or of == "is food" and key in EDIBLE
    if of == "alive":
        return living(key)
    return key in dict(eat=EDIBLE, fly=FLY, wheels=WHEELS, say=SOUND, legs=LEGS).get(of, ())


def fact(things, key, of, it=None):
    """(question, answer) about a thing, called `it` in the question where given; None if there is nothing to say."""
    answer = things.answers[key]
    name, word, kind = it or answer, things.bare(key), KIND.get(key)
    start, be, has = capital(answer), "are" if key in PLURAL else "is", "have" if key in PLURAL else "has"
    is_ = "is" if it else be
    does = "does" if it or key not in PLURAL else "do"
    yes = positive(key, of)
    if of == "what":
        return (f"What kind of thing {is_} {name}?", f"{start} {be} {kind}.") if kind else None
    if of.startswith("is "):  # the kind first, then the comparison: a tiny model cannot do it the other way round
        return f"{capital(is_)} {name} {of[3:]}?", f"{start} {be} {kind or 'a thing'}, so {'yes' if yes else 'no'}."
    if of == "eat":
        return f"Can you eat {name}?", f"Yes, you can eat {answer}." if yes else f"No, you cannot eat {answer}."
    if of == "alive":
        return f"{capital(is_)} {name} alive?", f"Yes, {answer} {be} alive." if yes else f"No, {answer} {be} not alive."
    if of == "fly":
        return f"Can {name} fly?", f"Yes, {answer} can fly." if yes else f"No, {answer} cannot fly."
    if of == "wheels":
        return f"{capital(does)} {name} have wheels?", f"{'Yes' if yes else 'No'}, {answer} {has} {'' if yes else 'no '}wheels."
    if of == "say":
        says = f"says {SOUND[key]}" if yes else "does not say much"
        return (f"What {does} {name} say?", f"{start} {says}.") if kind == "an animal" else None
    if of == "legs":
        return (f"How many legs {does} {name} have?", f"{start} has {NUMBER[LEGS[key]]} legs.") if key in LEGS else None
    if of == "colour":
        usually = "usually " if it else ""
        question = "What colour is it usually?" if it else f"What colour {be} {name}?"
        return question, f"{start} {be} {usually}{COLOUR[key]}." if key in COLOUR else f"{start} can have any colour."
    if " " in word or "-" in word:
        return None
    if of == "spell":
        return "Spell it." if it else f"Spell {word}.", "-".join(word.upper()) + "."
    if of == "first":
        question = "What letter does it start with?" if it else f"What letter does {word} start with?"
        return question, f"{capital(word)} starts with {word[0].upper()}."
    question = "How many letters does the word have?" if it else f"How many letters does the word {word} have?"
    return question, f"The word {word} has {len(word)} letters."


def rough(r, question):
    """As people type: small letters, no question mark."""
    u = r.random()
    if u < 0.12:
        question = question[0].lower() + question[1:]
    elif u < 0.18:
        question = question.lower()
    return question[:-1] if r.random() < 0.14 and question[-1] in "?.!" else question


def total(a, b):
    """The sum in steps: the tens, then the ones."""
    if b < 10 or b % 10 == 0 or a < 10 and b < 20:
        return f"{a} plus {b} is {a + b}."
    tens = b // 10 * 10
    return f"{a} plus {tens} is {a + tens}, plus {b - tens} is {a + b}."


def difference(a, b):
    if b < 10 or b % 10 == 0 or a < 20:
        return f"{a} minus {b} is {a - b}."
    tens = b // 10 * 10
    return f"{a} minus {tens} is {a - tens}, minus {b - tens} is {a - b}."


def arithmetic(r, test):
    """(category, question, answer, takes the whole width)"""
    while True:
        u = r.random()
        large = u > 0.45
        a, b = (r.randint(0, 99), r.randint(0, 99)) if large else (r.randint(0, 20), r.randint(0, 20))
        if r.random() < 0.2:
            a, b = r.randint(0, 12), r.randint(0, 12)
            if test:
                continue
            question = r.choice(["What is X?", "How much is X?", "X", "Calculate X.", "X = ?"])
            return "times", question.replace("X", f"{a} {r.choice(['times', 'x', '*'])} {b}"), f"{a} times {b} is {a * b}.", True
        plus = r.random() < 0.5
        if plus and a + b > (199 if large else 20) or not plus and a < b:
            continue
        if (held_back("sum", a, b, plus) and a >= 10) != test:
            continue
        question = r.choice(["What is X?", "How much is X?", "X", "Calculate X.", "X = ?", "What is X?", "Tell me X.", "X?"])
        question = question.replace("X", f"{a} {r.choice(['plus', '+'] if plus else ['minus', '-'])} {b}")
        return "large sums" if large else "sums", question, total(a, b) if plus else difference(a, b), large


def numbers(r, test):
    while True:
        if r.random() < 0.5:
            a = r.randint(0, 15)
            b = a + r.randint(1, 9) if r.random() < 0.7 else a - r.randint(1, 9)
            if b < 0 or held_back("count", a, b) != test:
                continue
            down = "down " if b < a and r.random() < 0.5 else ""
            question = f"Count to {b}." if a == 1 and b > 1 and r.random() < 0.7 else f"Count {down}from {a} to {b}."
            steps = range(a, b + 1) if b > a else range(a, b - 1, -1)
            return "counting", question, ", ".join(map(str, steps)) + ".", False
        a, b = r.randint(1, 30), r.randint(0, 30)
        of = r.choice(["after", "before", "bigger", "even"])
        if held_back("number", of, a, b if of == "bigger" else 0) != test or a == b:
            continue
        if of == "after":
            question = r.choice(["What comes after X?", "Which number comes after X?", "What number is next after X?"])
            return "numbers", question.replace("X", str(a)), f"{a + 1} comes after {a}.", False
        if of == "before":
            question = r.choice(["What comes before X?", "Which number comes before X?"])
            return "numbers", question.replace("X", str(a)), f"{a - 1} comes before {a}.", False
        if of == "even":
            question = r.choice([f"Is {a} even or odd?", f"Is {a} an even number or an odd one?"])
            return "numbers", question, f"{a} is {'odd' if a % 2 else 'even'}.", False
        most = r.random() < 0.6
        word = "bigger" if most else "smaller"
        return "numbers", f"Which is {word}, {a} or {b}?", f"{max(a, b) if most else min(a, b)} is {word}.", False


def about_things(r, things, test):
    while True:
        of = "spell" if r.random() < 0.12 else r.choices(list(PROPERTIES), PROPERTIES.values())[0]
        some = [k for k in things.answers if positive(k, of)] if r.random() < 0.5 else []
        key = r.choice(some or list(things.answers))
        if (held_back(key, of) and of not in ("spell", "first", "count")) != test:
            continue
        found = fact(things, key, of)
        if found is None:
            continue
        question, answer = found
        if of == "spell":
            word = things.bare(key)
            question = r.choice([question, f"How do you spell {word}?", f"How is {word} spelled?", f"Spell the word {word}."])
        if of == "say" and r.random() < 0.3:
            question = f"What sound does {things.answers[key]} make?"
        return "spelling" if of in ("spell", "first", "count") else "facts", question, answer, False


def unknown_question(r, things):
    u = r.random()
    if u < 0.5:
        return r.choice(UNKNOWN_TOPIC).replace("X", r.choice(TOPICS))
    if u < 0.7:
        return r.choice(UNKNOWN_QUESTION)
    key = r.choice(things.keys)
    if u < 0.92:
        return r.choice(UNKNOWN_THING).replace("X", r.choice([things.answers[key], things.bare(key)]))
    word = "".join(r.choice("bcdfghjklmnprstvwz") + r.choice("aeiou") for _ in range(r.randint(1, 4)))
    return r.choice(UNKNOWN_TOPIC).replace("X", word + r.choice(["", "n", "r", "s", "l"]))


def text(r, things, test=False):
    """(category, question, answer, takes the whole width) without a picture or sound; test: only what was kept back."""
    u = r.random()
    if u < 0.34:
        return arithmetic(r, test)
    if u < 0.42:
        return numbers(r, test)
    if u < 0.66 or test:
        return about_things(r, things, test)
    if u < 0.70:
        a = r.choice(list(OPPOSITE))
        question = r.choice(["What is the opposite of X?", "Opposite of X?", "Tell me the opposite of X.", "What is the contrary of X?"])
        return "opposites", question.replace("X", a), f"The opposite of {a} is {OPPOSITE[a]}.", False
    if u < 0.74:
        names = r.choice([DAYS, MONTHS])
        i, of, word = r.randrange(len(names)), r.choice(["after", "before"]), "day" if names is DAYS else "month"
        other = names[(i + (1 if of == "after" else -1)) % len(names)]
        question = r.choice([f"What {word} comes {of} {names[i]}?", f"Which {word} is {of} {names[i]}?", f"What comes {of} {names[i]}?"])
        return "days", question, f"{other} comes {of} {names[i]}.", False
    if u < 0.80:
        country = r.choice(list(CAPITAL))
        if r.random() < 0.3:
            return "capitals", f"Where is {CAPITAL[country]}?", f"{CAPITAL[country]} is in {country}.", True
        question = r.choice(["What is the capital of X?", "Capital of X?", "Name the capital of X.", "Tell me the capital of X."])
        return "capitals", question.replace("X", country), f"The capital of {country} is {CAPITAL[country]}.", True
    if u < 0.84:
        questions, answer = r.choice(WORLD)
        return "world", r.choice(questions.split("|")), answer, False
    if u < 0.95:
        questions, answer = r.choice(CHAT)
        return "chat", r.choice(questions.split("|")), answer, False
    return "unknown", unknown_question(r, things), UNKNOWN_ANSWER, False


IS_THIS = ["Is this X?", "Is it X?", "Do you see X?", "Is that X?", "Is there X in the picture?"]


def picture(r, things, seen, first=True):
    """(question, answer) about a picture, seen = (class, colour or -1, kind, …)."""
    label, colour = seen[:2]
    name = things.names[label]
    full = things.full(label, COLOUR_NAMES[colour] if colour >= 0 else None)
    glyph = name[6:] if name.startswith("glyph ") else None
    u = r.random()
    if full is None:
        if u < 0.6:
            return r.choice(ASK_PICTURE), REFUSE
        if u < 0.85:
            return r.choice(IS_THIS).replace("X", things.answers[r.choice(list(things.answers))]), REFUSE
        return r.choice("""What colour is it?|Can you eat it?|Is it an animal?|What kind of thing is it?|Is it a vehicle?|Spell it.
What does it say?|Which letter is it?|What number is this?|What shape is it?|Is it alive?""".replace("\n", "|").split("|")), REFUSE
    if u < (0.58 if first else 0.12):
        question = r.choice(ASK_PICTURE)
        shows = question in ("Describe the picture.", "What does the picture show?", "Describe this image.")
        return question, f"The picture shows {full}." if shows else capital(full) + "."
    if u < (0.78 if first else 0.46):
        question = r.choice(IS_THIS)
        if r.random() < 0.5:
            asked = full if colour < 0 or r.random() < 0.5 else things.answers[name]
            return question.replace("X", asked), f"It is {full}, so yes."
        while True:
            asked = another(r, things, name, glyph, colour, label)
            if asked not in (full, things.answers.get(name)):
                return question.replace("X", asked), f"It is {full}, so no."
    if glyph:
        return about_glyph(r, glyph, full)
    if colour >= 0 and r.random() < 0.7:
        if r.random() < 0.3:
            return r.choice(["What shape is it?", "Which shape is this?", "What shape do you see?"]), f"It is {things.answers[name]}."
        question = r.choice("""What colour is it?|Which colour is it?|What colour is this?|What colour do you see?|Tell me the colour.
And what colour is it?|What colour is the X?""".replace("\n", "|").split("|"))
        return question.replace("X", things.bare(name)), f"It is {COLOUR_NAMES[colour]}."
    if r.random() < 0.07:
        return r.choice(UNKNOWN_PICTURE), UNKNOWN_ANSWER
    if r.random() < 0.18:
        fitting = [w for w in WHICH if w[1] == KIND.get(name)]
        question, kind, noun = r.choice(fitting or WHICH) if r.random() < 0.7 else r.choice(WHICH)
        return question, capital(full) + "." if KIND.get(name) == kind else f"I see no {noun}. It is {full}."
    if r.random() < 0.12 and colour < 0:
        return r.choice(["What shape is it?", "Which letter is it?", "What number is this?", "What colour is it?"]), f"I only see {full}."
    for _ in range(20):
        weights = [w * (BOOST.get(of, 4 if of[:3] == "is " else 1) if positive(name, of) else 1) for of, w in PROPERTIES.items()]
        of = r.choices(list(PROPERTIES), weights)[0]
        found = fact(things, name, of, "it")
        if found and not (held_back(name, of) and of not in ("spell", "first", "count")):
            question, answer = found
            if not first and r.random() < 0.25:
                question = "And " + question[0].lower() + question[1:]
            return question, answer
    return "What is this?", capital(full) + "."


def another(r, things, name, glyph, colour, label):
    """Something else to ask for, often of the same kind."""
    if glyph:
        other = r.choice(CHARACTERS)
        return f"the {'number' if other.isdigit() else 'letter'} {other}"
    if colour >= 0:
        return things.full(label, r.choice(COLOUR_NAMES)) if r.random() < 0.4 else things.answers[r.choice(SHAPES)]
    return things.answers[r.choice(things.of_kind[KIND.get(name)] if r.random() < 0.5 else things.keys)]


def about_glyph(r, glyph, full):
    digit, u = glyph.isdigit(), r.random()
    ask_number = ["What number is this?", "Which number is it?", "Which digit is this?", "Read the number."]
    ask_letter = ["Which letter is it?", "What letter is this?", "Read the letter."]
    if u < 0.45:
        return r.choice(ask_number if digit else ask_letter), capital(full) + "."
    if u < 0.65:
        question = r.choice(["Is it a letter or a number?", "Is this a number or a letter?"])
        return question, f"It is a {'number' if digit else 'letter'}."
    if u < 0.8:
        return r.choice(ask_letter if digit else ask_number), f"It is {full}."
    if digit:
        return r.choice(["What comes after it?", "What is the next number?"]), f"{int(glyph) + 1} comes after {glyph}."
    return r.choice(["What colour is it?", "Can you eat it?"]), f"I only see {full}."


def sound(r, heard, first=True):
    """(question, answer) about a sound; heard = (words, whether the tower's own head was right). What the tower confuses is
    refused, but digits are asked for by name and then named: the question narrows them down."""
    words, right = heard
    said, u = " ".join(words), r.random()
    number = bool(words) and all(w in FIGURES for w in words)
    if number and (not right or u < 0.3) and UNKNOWN not in words and r.random() < 0.75:
        short = all(len(FIGURES[w]) == 1 for w in words)
        return r.choice(ASK_NUMBER), ("" if short else " ").join(FIGURES[w] for w in words)
    if not words or UNKNOWN in words or not right:
        if u < 0.6:
            return r.choice(ASK_SOUND), UNHEARD
        if u < 0.8:
            return r.choice(ASK_NUMBER), UNHEARD
        return r.choice(["Did I say yes?", "Did I say seven?", "Spell it.", "Is it a number?", "Say it again.", "Did I say hello?"]), UNHEARD
    if u < (0.6 if first else 0.2):
        return r.choice(ASK_SOUND), said
    if u < 0.66:
        if number:
            short = all(len(FIGURES[w]) == 1 for w in words)
            return r.choice(ASK_NUMBER), ("" if short else " ").join(FIGURES[w] for w in words)
        return r.choice(ASK_NUMBER), f"I heard no number, but: {said}"
    if u < 0.84:
        if r.random() < 0.5:
            return f"Did I say {said}?", f"You said {said}, so yes."
        others = [*list(FIGURES)[:10], *"yes no hello stop left right up down red blue cat dog house water music tree car star".split()]
        other = r.choice([w for w in others if w != said])
        return f"Did I say {other}?", f"You said {said}, so no."
    if u < 0.88:
        question = r.choice(["Is it a number?", "Was that a number?"])
        return question, "Yes, it is a number." if number else "No, it is not only a number."
    if len(words) == 1 and said in OPPOSITE:
        return r.choice(["What is the opposite?", "What is the opposite of it?"]), f"The opposite of {said} is {OPPOSITE[said]}."
    if u < 0.94 and len(words) == 1 and " " not in said:
        return "Spell it.", "-".join(said.upper()) + "."
    if u < 0.97:
        n = len(said.split())
        return "How many words did I say?", f"You said {n} word{'s' if n > 1 else ''}."
    return r.choice(["Say it again.", "Repeat it.", "What did I say?"]), said


def alone(heard):
    """The answer to a sound without a text."""
    words, right = heard
    if not words or UNKNOWN in words or not right:
        return UNHEARD
    said = " ".join(words)
    return GREETINGS.get(said, f"You said: {said}")


def conversation(r, things, pictures, sounds):
    """pictures: [(class, colour, …)], sounds: [(words, right)]; without either, text alone. Each turn brings a picture, a sound or
    a text, or asks again about the last picture or sound."""
    system = r.choice(SYSTEM) if r.random() < 0.2 else None
    turns, now, media = [], None, 0
    u = r.random()
    main = "picture" if u < 0.5 and pictures else "sound" if u < 0.76 and sounds else "text"
    pools = dict(picture=pictures, sound=sounds)
    for t in range(r.choices([1, 2, 3, 4], [0.35, 0.3, 0.25, 0.1])[0]):
        u = r.random()
        if main == "text":
            kind = "text" if u < 0.9 or t == 0 else r.choice(["picture", "sound"])
        elif now is None:
            kind = main if u < 0.9 else "text"
        else:
            kind = "more" if u < 0.64 else "text" if u < 0.74 else main if u < 0.94 else r.choice(["picture", "sound"])
        if kind in pools and not pools[kind]:
            kind = "text"
        if kind in pools and media >= 3:
            kind = "more"
        if kind == "text":
            _, question, answer, wide = text(r, things)
            turns.append(([rough(r, question)], answer, wide))
            continue
        if kind == "more":
            item = pools[now[0]][now[1]]
            question, answer = picture(r, things, item, False) if now[0] == "picture" else sound(r, item, False)
            turns.append(([rough(r, question)], answer, False))
            continue
        media += 1
        now = (kind, r.randrange(len(pools[kind])))
        item = pools[kind][now[1]]
        if kind == "sound" and r.random() < (0.6 if " ".join(item[0]) in GREETINGS else 0.12):
            turns.append(([now], alone(item), False))
            continue
        if kind == "picture" and r.random() < 0.03:
            full = things.full(item[0], COLOUR_NAMES[item[1]] if item[1] >= 0 else None)
            turns.append(([now], capital(full) + "." if full else REFUSE, False))
            continue
        question, answer = picture(r, things, item) if kind == "picture" else sound(r, item)
        question = rough(r, question)
        turns.append(([now, question] if r.random() < 0.6 else [question, now], answer, False))
    return system, turns
