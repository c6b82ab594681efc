package dev.matryoshka.app;

import dev.matryoshka.engine.Answer;
import dev.matryoshka.engine.ChatSession;
import dev.matryoshka.engine.Elastic;
import dev.matryoshka.engine.Gemma3n;
import dev.matryoshka.engine.GenerationConfig;
import dev.matryoshka.engine.ModelInfo;
import dev.matryoshka.engine.Prompt;
import dev.matryoshka.engine.PromptPart;
import dev.matryoshka.engine.TokenListener;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.media.MediaBudget;
import dev.matryoshka.media.audio.AudioDecoder;
import dev.matryoshka.media.audio.SoundParts;
import dev.matryoshka.media.image.ImageDecoder;
import dev.matryoshka.media.video.VideoDecoder;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Answers one question in the terminal. */
@Command(
        name = "ask",
        mixinStandardHelpOptions = true,
        description = "Streams an answer to standard output and one line of statistics to standard error.")
final class AskCommand implements Callable<Integer> {
    @Mixin
    private ModelOptions model = new ModelOptions();

    @ArgGroup(exclusive = false, multiplicity = "0..*")
    private List<Attachment> attachments = new ArrayList<>();

    /** A picture, sound or video; their order on the command line is kept. */
    static final class Attachment {
        @Option(names = "--image", paramLabel = "F", description = "A picture: PNG, JPEG, WebP, GIF, BMP.")
        @Nullable
        Path image;

        @Option(
                names = "--audio",
                paramLabel = "F",
                description = "A sound: WAV, MP3, FLAC, OGG, M4A; long ones in parts.")
        @Nullable
        Path audio;

        @Option(
                names = "--video",
                paramLabel = "F",
                description = "A video: MP4, MOV, MKV, WebM; frames and sound of it.")
        @Nullable
        Path video;
    }

    @Option(
            names = "--frames-per-second",
            paramLabel = "R",
            description = "Of a video, fewer where the context has no room (default: 1).")
    private double framesPerSecond = VideoDecoder.FRAMES_PER_SECOND;

    @Option(names = "--temperature", paramLabel = "T", description = "0 is greedy (default: the model's own).")
    private @Nullable Float temperature;

    @Option(names = "--top-k", paramLabel = "K", description = "Keep the K likeliest tokens; 0 keeps all.")
    private @Nullable Integer topK;

    @Option(names = "--top-p", paramLabel = "P", description = "Keep the likeliest tokens up to probability P.")
    private @Nullable Float topP;

    @Option(names = "--min-p", paramLabel = "P", description = "Drop tokens below P times the likeliest one.")
    private @Nullable Float minP;

    @Option(names = "--repetition-penalty", paramLabel = "R", description = "Over 1 discourages repeating.")
    private @Nullable Float repetitionPenalty;

    @Option(names = "--seed", paramLabel = "N", description = "The same seed gives the same text (default: random).")
    private @Nullable Long seed;

    @Option(names = "--max-tokens", paramLabel = "N", description = "Longest answer (default: 1024).")
    private int maxTokens = 1024;

    @Option(
            names = "--elastic",
            paramLabel = "T|BYTES|auto",
            description =
                    "Keep T tokens/s: give up size, down to E2B's share, where the machine is too slow. Or keep weights within a"
                            + " device memory such as 1.5GB. Or auto: the smallest size on battery and while other programs are busy.")
    private @Nullable String elastic;

    @Option(names = "--exact", description = "With --elastic: give up only what leaves keys and values exact.")
    private boolean exact;

    @Option(
            names = "--speculate",
            paramLabel = "SLICE",
            description =
                    "Let a smaller slice draft and the chosen one check; auto for one that fits. The answer stays.")
    private @Nullable String speculate;

    @Option(names = "--system", paramLabel = "TEXT", description = "Instructions that come before the question.")
    private String system = "";

    @Option(names = "--json", description = "Print one JSON object instead of streaming.")
    private boolean json;

    @Parameters(
            arity = "0..*",
            paramLabel = "PROMPT",
            description = "The question; what is attached comes before it, and may stand alone.")
    private List<String> words = new ArrayList<>();

    @Override
    public Integer call() {
        if (elastic != null && speculate != null) {
            throw new InvalidRequestException("--elastic and --speculate both change the size", "give one of them");
        }
        Elastic target = elastic == null ? null : ElasticOption.parse(elastic, exact);
        long chosenSeed = seed == null ? System.nanoTime() & 0xFFFF_FFFFL : seed;
        try (Gemma3n gemma = model.load(chosenSeed);
                ChatSession chat = gemma.newChat(system)) {
            if (target != null) {
                chat.useElastic(gemma.slice(), target);
            }
            if (speculate != null) {
                chat.useDrafts(drafts(gemma, chat, speculate));
            }
            PrintStream out = Terminal.out();
            Answer answer = chat.send(prompt(gemma), generation(gemma, chosenSeed), new TokenListener() {
                @Override
                public void onText(String piece) {
                    if (!json) {
                        out.print(piece);
                        out.flush();
                    }
                }

                @Override
                public void onFallback(ModelInfo now) {
                    Terminal.note(now);
                }
            });
            out.println(json ? AnswerReport.json(answer, gemma.info()) : "");
            out.flush();
            if (!json) {
                System.err.println(AnswerReport.line(answer, gemma.info()));
            }
            return 0;
        }
    }

    private static MatFormerSlice drafts(Gemma3n gemma, ChatSession chat, String name) {
        MatFormerSlice draft = name.equals("auto")
                ? chat.smallest()
                : ModelOptions.catalog(gemma.config().text()).find(name);
        if (!chat.drafts(draft)) {
            throw new InvalidRequestException(
                    "the slice " + draft.name() + " can't draft for "
                            + gemma.slice().name(),
                    "name one that is smaller and reads the same keys and values, or auto");
        }
        return draft;
    }

    private Prompt prompt(Gemma3n gemma) {
        if (!(framesPerSecond > 0)) {
            throw new InvalidRequestException("--frames-per-second is " + framesPerSecond, "use a number over 0");
        }
        MediaBudget budget = MediaBudget.of(gemma.info(), gemma.maxAudioSeconds(), 0);
        List<PromptPart> parts = new ArrayList<>();
        for (Attachment each : attachments) {
            if (each.image != null) {
                parts.add(new PromptPart.Image(ImageDecoder.decode(each.image)));
            }
            if (each.audio != null) {
                requireEars(gemma);
                float[] sound = AudioDecoder.decode(each.audio, budget.soundSeconds(1));
                parts.addAll(SoundParts.of(sound, budget.audioSeconds()));
            }
            if (each.video != null) {
                parts.addAll(
                        VideoDecoder.decode(each.video, framesPerSecond, budget).parts(budget.audioSeconds()));
            }
        }
        parts.add(new PromptPart.Text(String.join(" ", words)));
        return new Prompt(parts);
    }

    private static void requireEars(Gemma3n gemma) {
        if (gemma.maxAudioSamples() == 0) {
            throw new InvalidRequestException(
                    "this model can't hear sounds",
                    "ask with text alone, or load a multimodal Gemma 3n; a GGUF model hears by its mmproj file (--mmproj)");
        }
    }

    private GenerationConfig generation(Gemma3n gemma, long chosenSeed) {
        GenerationConfig own = gemma.defaultGeneration();
        return new GenerationConfig(
                temperature == null ? own.temperature() : temperature,
                topK == null ? own.topK() : topK,
                topP == null ? own.topP() : topP,
                minP == null ? own.minP() : minP,
                repetitionPenalty == null ? own.repetitionPenalty() : repetitionPenalty,
                chosenSeed,
                maxTokens);
    }
}
