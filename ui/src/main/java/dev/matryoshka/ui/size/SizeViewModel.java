package dev.matryoshka.ui.size;

import dev.matryoshka.engine.Answer;
import dev.matryoshka.engine.Answer.SliceUse;
import dev.matryoshka.engine.Elastic;
import dev.matryoshka.engine.ModelSlices;
import dev.matryoshka.engine.SliceInfo;
import dev.matryoshka.engine.config.KvPolicy;
import dev.matryoshka.engine.config.KvReuse;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.engine.error.InvalidRequestException;
import dev.matryoshka.engine.error.MatryoshkaException;
import dev.matryoshka.ui.Assistant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import javafx.beans.binding.Bindings;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyIntegerProperty;
import javafx.beans.property.ReadOnlyIntegerWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleObjectProperty;
import org.jspecify.annotations.Nullable;

/** The size in use, the one that is looked at, and what each means; no nodes. Used on the UI thread. */
public final class SizeViewModel {
    /** How the names of sizes made by hand begin. */
    static final String BY_HAND = "by hand";

    private final Assistant assistant;
    private final ReadOnlyObjectWrapper<@Nullable SizeScale> scale = new ReadOnlyObjectWrapper<>();
    private final ReadOnlyObjectWrapper<@Nullable SliceInfo> inUse = new ReadOnlyObjectWrapper<>();
    private final ReadOnlyObjectWrapper<@Nullable SliceInfo> preview = new ReadOnlyObjectWrapper<>();
    private final ReadOnlyObjectWrapper<@Nullable MatryoshkaException> problem = new ReadOnlyObjectWrapper<>();
    private final ReadOnlyObjectWrapper<@Nullable SliceInfo> computing = new ReadOnlyObjectWrapper<>();
    private final ReadOnlyObjectWrapper<@Nullable SliceInfo> shown = new ReadOnlyObjectWrapper<>();
    static final double TOKENS_PER_SECOND = 10; // that elastic answers keep at first

    private final ObjectProperty<Mode> mode = new SimpleObjectProperty<>(Mode.FIXED);
    private final ObjectProperty<Elastic> target =
            new SimpleObjectProperty<>(new Elastic.Speed(TOKENS_PER_SECOND, false));
    private final ObjectProperty<KvPolicy> kvPolicy = new SimpleObjectProperty<>(KvPolicy.BACKGROUND);
    private final ObjectProperty<@Nullable SliceInfo> compareWith = new SimpleObjectProperty<>();
    private final ReadOnlyBooleanWrapper comparing = new ReadOnlyBooleanWrapper();
    private final ReadOnlyIntegerWrapper heard = new ReadOnlyIntegerWrapper();
    private final Set<MatFormerSlice> computedBy = new HashSet<>();
    private final BooleanProperty drafts = new SimpleBooleanProperty();
    private final ReadOnlyObjectWrapper<@Nullable DraftReport> drafted = new ReadOnlyObjectWrapper<>();
    private final ReadOnlyBooleanWrapper answering = new ReadOnlyBooleanWrapper();
    private final Executor uiThread;
    private @Nullable Elastic kept; // the target in use; null where the size is fixed
    private final MeasuredSpeed speed = new MeasuredSpeed();

    /** Who chooses the size. */
    public enum Mode {
        /** The person, by the slider. */
        FIXED,
        /** The program, up to the size that the person chose, to keep a speed. */
        ELASTIC,
        /** The person, layer by layer. */
        BY_HAND
    }

    /** What becomes of the conversation's keys and values when the previewed size is used. */
    public enum KvFate {
        /** There are none yet. */
        NONE_YET,
        /** They are what it would have computed itself. */
        EXACT,
        /** They stay although it would have computed others. */
        APPROXIMATE,
        /** They are computed again. */
        COMPUTED_AGAIN
    }

    /**
     * What drafts did for the last answer that had some.
     *
     * @param speedUp its speed over that of answers without drafts; empty before any was measured
     */
    public record DraftReport(int drafted, int accepted, OptionalDouble speedUp) {}

    /**
     * @param uiThread runs changes of state
     */
    public SizeViewModel(Assistant assistant, Executor uiThread) {
        this.assistant = assistant;
        this.uiThread = uiThread;
        drafts.addListener((property, before, now) -> assistant.useDrafts(now));
        mode.addListener((property, before, now) -> {
            if (before == Mode.ELASTIC || now == Mode.ELASTIC) {
                use();
            }
        });
        target.addListener(property -> use());
        shown.bind(Bindings.createObjectBinding(
                () -> computing.get() == null ? preview.get() : computing.get(), computing, preview));
    }

    /** The model is there; what was heard of an earlier one counts no more. */
    public void load(ModelSlices slices) {
        SizeScale loaded = new SizeScale(slices);
        SliceInfo info = loaded.info(assistant.slice());
        kept = null;
        inUse.set(info);
        preview.set(info);
        mode.set(Mode.FIXED);
        compareWith.set(null);
        problem.set(null);
        drafted.set(null);
        speed.forget();
        scale.set(loaded);
        startOver();
    }

    /** The model goes; until the next one is there no size can be chosen. */
    public void unload() {
        scale.set(null);
    }

    /** What there is to choose from; null until the model is loaded. */
    public ReadOnlyObjectProperty<@Nullable SizeScale> scaleProperty() {
        return scale.getReadOnlyProperty();
    }

    /** The size that answers; null until the model is loaded. */
    public ReadOnlyObjectProperty<@Nullable SliceInfo> inUseProperty() {
        return inUse.getReadOnlyProperty();
    }

    /** The size to show: where an elastic answer runs, what it has come to, else the one that is looked at. */
    public ReadOnlyObjectProperty<@Nullable SliceInfo> shownProperty() {
        return shown.getReadOnlyProperty();
    }

    /** Who chooses. */
    public ObjectProperty<Mode> modeProperty() {
        return mode;
    }

    /** What elastic answers keep. */
    public ObjectProperty<Elastic> targetProperty() {
        return target;
    }

    /** The size that is looked at; null until the model is loaded. */
    public ReadOnlyObjectProperty<@Nullable SliceInfo> previewProperty() {
        return preview.getReadOnlyProperty();
    }

    /** Why the last wish could not be met; null where it was. */
    public ReadOnlyObjectProperty<@Nullable MatryoshkaException> problemProperty() {
        return problem.getReadOnlyProperty();
    }

    /** What becomes of keys and values that can't stay exact. */
    public ObjectProperty<KvPolicy> kvPolicyProperty() {
        return kvPolicy;
    }

    /** The size that answers beside the one in use; null for none. */
    public ObjectProperty<@Nullable SliceInfo> compareWithProperty() {
        return compareWith;
    }

    /** Whether two sizes are answering; the size can't be changed meanwhile. */
    public ReadOnlyBooleanProperty comparingProperty() {
        return comparing.getReadOnlyProperty();
    }

    /** Changes whenever speed or keys and values have: ask {@link #tokensPerSecond} and {@link #kvFate} again. */
    public ReadOnlyIntegerProperty heardProperty() {
        return heard.getReadOnlyProperty();
    }

    /** Whether a smaller size drafts for the one in use. */
    public BooleanProperty draftsProperty() {
        return drafts;
    }

    /** What drafts did for the last answer that had some; null before. */
    public ReadOnlyObjectProperty<@Nullable DraftReport> draftedProperty() {
        return drafted.getReadOnlyProperty();
    }

    /** Whether an answer runs. */
    public ReadOnlyBooleanProperty answeringProperty() {
        return answering.getReadOnlyProperty();
    }

    /** Keeps the size that is looked at under a name, which then is one of the ticks. */
    public void save(String name) {
        SliceInfo info = preview.get();
        if (info != null) {
            MatFormerSlice named = new MatFormerSlice(
                    name.strip(), info.slice().skip(), info.slice().ffn());
            problem.set(null);
            assistant
                    .saveSlice(named)
                    .whenCompleteAsync((slices, failure) -> saved(info, named, slices, failure), uiThread);
        }
    }

    private void saved(
            SliceInfo made, MatFormerSlice named, @Nullable ModelSlices slices, @Nullable Throwable failure) {
        if (slices == null) {
            problem.set(known(failure));
            return;
        }
        SizeScale with = new SizeScale(slices);
        boolean used = made.equals(inUse.get());
        boolean looked = made.equals(preview.get());
        scale.set(with);
        if (looked) {
            preview.set(with.info(named));
            if (used) {
                use();
            }
        }
    }

    private static MatryoshkaException known(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
        return cause instanceof MatryoshkaException known
                ? known
                : new InvalidRequestException("unexpected " + cause, "please report it", cause);
    }

    /** Looks at a size of the slider. */
    public void choose(SliceInfo info) {
        if (mode.get() == Mode.BY_HAND) {
            mode.set(Mode.FIXED);
        }
        look(info);
    }

    private void look(SliceInfo info) {
        problem.set(null);
        preview.set(info);
    }

    /** Looks at the same size with another width in one layer. */
    public void setWidth(int layer, int width) {
        SliceInfo from = preview.get();
        if (from != null) {
            Set<Integer> skip = new HashSet<>(from.slice().skip());
            skip.remove(layer);
            List<Integer> ffn = new ArrayList<>(from.slice().ffn());
            ffn.set(layer, width);
            lookAtMade(skip, ffn);
        }
    }

    /** Looks at the same size without a layer; does nothing where later layers need it. */
    public void skip(int layer) {
        SliceInfo from = preview.get();
        SizeScale sizes = scale.get();
        if (from != null && sizes != null && !sizes.config().feedsSharedLayers(layer)) {
            Set<Integer> skip = new HashSet<>(from.slice().skip());
            skip.add(layer);
            lookAtMade(skip, from.slice().ffn());
        }
    }

    private void lookAtMade(Set<Integer> skip, List<Integer> ffn) {
        SizeScale from = scale.get();
        if (from != null) {
            mode.set(Mode.BY_HAND);
            look(from.called(BY_HAND + " ", new MatFormerSlice("", skip, ffn)));
        }
    }

    /** Uses the size that is looked at, from the next token on. */
    public void use() {
        SliceInfo wanted = preview.get();
        Elastic keep = mode.get() == Mode.ELASTIC ? target.get() : null;
        if (wanted == null || wanted.equals(inUse.get()) && Objects.equals(keep, kept)) {
            return;
        }
        try {
            if (keep == null) {
                assistant.useSlice(wanted.slice(), kvPolicy.get());
            } else {
                assistant.useElastic(wanted.slice(), keep);
            }
            kept = keep;
            inUse.set(wanted);
        } catch (MatryoshkaException e) {
            preview.set(inUse.get());
            problem.set(e);
        }
    }

    /** Predicted tokens per second of a size on this device; empty before anything was measured. */
    public OptionalDouble tokensPerSecond(SliceInfo info) {
        return speed.tokensPerSecond(info.deviceBytes());
    }

    /** What using a size would mean for the conversation's keys and values. */
    public KvFate kvFate(SliceInfo info) {
        SizeScale from = scale.get();
        if (computedBy.isEmpty() || from == null) {
            return KvFate.NONE_YET;
        }
        List<KvReuse> uses = computedBy.stream()
                .map(slice -> info.slice().reuse(slice, from.config()))
                .toList();
        if (uses.stream().allMatch(use -> use == KvReuse.EXACT)) {
            return KvFate.EXACT;
        }
        boolean keeps = mode.get() == Mode.ELASTIC || kvPolicy.get() == KvPolicy.KEEP;
        return keeps && !uses.contains(KvReuse.NONE) ? KvFate.APPROXIMATE : KvFate.COMPUTED_AGAIN;
    }

    /** Answers begin, two where sizes are compared. */
    public void begin(int answers) {
        answering.set(true);
        comparing.set(answers > 1);
    }

    /** No answer runs any more. */
    public void end() {
        answering.set(false);
        comparing.set(false);
        computing.set(null);
    }

    /** A size begins to compute, in the conversation that {@link #startOver} began. */
    public void computes(SliceUse use) {
        SizeScale from = scale.get();
        if (from != null) {
            computing.set(kept == null ? null : from.info(use.slice()));
            if (!use.approximate()) {
                computedBy.clear(); // all of them are its own by now, or as good
            }
            computedBy.add(use.slice());
            heard.set(heard.get() + 1);
        }
    }

    /** An answer is there: its speed counts where one size made it. */
    public void answered(Answer answer) {
        SizeScale from = scale.get();
        if (from != null && answer.slices().size() == 1 && answer.decodeTokensPerSecond() > 0) {
            SliceInfo info = from.info(answer.slices().getFirst().slice());
            if (answer.drafts().passes() == 0) {
                speed.add(info.deviceBytes(), answer.generatedTokens() - 1, answer.decodeTokensPerSecond());
            } else {
                OptionalDouble plain = speed.tokensPerSecond(info.deviceBytes());
                drafted.set(new DraftReport(
                        answer.drafts().drafted(),
                        answer.drafts().accepted(),
                        plain.isEmpty()
                                ? plain
                                : OptionalDouble.of(answer.decodeTokensPerSecond() / plain.getAsDouble())));
            }
            heard.set(heard.get() + 1);
        }
    }

    /** The conversation is empty again. */
    public void startOver() {
        computedBy.clear();
        heard.set(heard.get() + 1);
    }
}
