package dev.matryoshka.engine;

import dev.matryoshka.engine.config.ModelConfig;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.generation.TokenSequence;
import dev.matryoshka.engine.tokenizer.ChatTemplate;
import dev.matryoshka.engine.tokenizer.StreamingDecoder;
import dev.matryoshka.engine.tokenizer.Tokenizer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** A user turn to tokens: the template's ids, with the towers' soft tokens where a picture or a sound stands. */
final class PromptEncoder {
    private final ModelConfig config;
    private final Tokenizer tokenizer;
    private final ChatTemplate template;
    private final Supplier<Towers> towers;
    private final String system;
    private final Map<PromptPart, List<float[]>> soft = new HashMap<>(); // what the towers made of this conversation's

    /** @param towers of the device where the model is when they are needed */
    PromptEncoder(ModelConfig config, Tokenizer tokenizer, Supplier<Towers> towers, String system) {
        this.config = config;
        this.tokenizer = tokenizer;
        this.template = new ChatTemplate(tokenizer, config);
        this.towers = towers;
        this.system = system;
    }

    StreamingDecoder streamingDecoder() {
        return new StreamingDecoder(tokenizer);
    }

    /** Whether a token ends the answer. */
    boolean stops(int id) {
        return id == template.endOfTurn() || config.tokens().stop().contains(id);
    }

    /** Whether a stop token belongs into the conversation: what follows is put after it. */
    boolean endsTurn(int id) {
        return id == template.endOfTurn();
    }

    /** Encodes an earlier answer, which follows its prompt. */
    TokenSequence answer(String text) {
        TokenSequence tokens = words(text);
        tokens.add(template.endOfTurn());
        return tokens;
    }

    /** Encodes an answer that shall go on. */
    TokenSequence words(String text) {
        TokenSequence tokens = new TokenSequence();
        tokens.add(tokenizer.encode(text, false));
        return tokens;
    }

    /** Tokens that a turn's prompt takes behind others, counted without the towers. */
    int size(Prompt prompt) {
        return template.nextTurn(false, parts(prompt)).length;
    }

    /** Tokens that the system prompt adds to the first turn. */
    int systemSize() {
        return tokenizer.encode(system, false).length + 2;
    }

    /** Forgets what the towers made of others. */
    void forgetAllBut(Set<PromptPart> shown) {
        soft.keySet().retainAll(shown);
    }

    /** What every text begins with. */
    TokenSequence beginning() {
        TokenSequence tokens = new TokenSequence();
        tokens.add(config.tokens().bos());
        return tokens;
    }

    /** Encodes what follows the tokens of a conversation so far. */
    TokenSequence encode(Prompt prompt, TokenSequence before) {
        List<ChatTemplate.Part> parts = parts(prompt);
        if (parts.stream().allMatch(p -> p instanceof ChatTemplate.Part.Text(String text) && text.isBlank())) {
            throw new InvalidRequestException(
                    "there is nothing to answer", "type a question or add a picture or sound");
        }
        Deque<float[]> pictures = new ArrayDeque<>();
        Deque<float[]> sounds = new ArrayDeque<>();
        for (PromptPart part : prompt.parts()) {
            switch (part) {
                case PromptPart.Text text -> {}
                case PromptPart.Image image ->
                    pictures.addAll(soft.computeIfAbsent(part, p -> towers.get().encode(image.image())));
                case PromptPart.Audio audio ->
                    sounds.addAll(soft.computeIfAbsent(part, p -> towers.get().encode(audio.samples())));
            }
        }
        int size = before.size();
        int[] ids = size == 0
                ? template.firstTurn(system, parts)
                : template.nextTurn(before.ids(size - 1, size)[0] == template.endOfTurn(), parts);
        TokenSequence tokens = new TokenSequence();
        for (int id : ids) {
            if (id == config.tokens().image() && !pictures.isEmpty()) {
                tokens.addSoft(id, pictures.remove());
            } else if (id == config.tokens().audio() && !sounds.isEmpty()) {
                tokens.addSoft(id, sounds.remove());
            } else {
                tokens.add(id);
            }
        }
        return tokens;
    }

    private static List<ChatTemplate.Part> parts(Prompt prompt) {
        List<ChatTemplate.Part> parts = new ArrayList<>();
        for (PromptPart part : prompt.parts()) {
            parts.add(
                    switch (part) {
                        case PromptPart.Text text -> new ChatTemplate.Part.Text(text.text());
                        case PromptPart.Image image -> new ChatTemplate.Part.Image();
                        case PromptPart.Audio audio -> new ChatTemplate.Part.Audio();
                    });
        }
        return parts;
    }
}
