package dev.matryoshka.app;

import dev.matryoshka.app.lab.Lab;
import dev.matryoshka.app.lab.LabSetup;
import dev.matryoshka.engine.LabReport;
import dev.matryoshka.engine.SliceInfo;
import dev.matryoshka.engine.config.MatFormerSlice;
import dev.matryoshka.ui.lab.Labs;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What {@code lab} does, with the model that answers in the window. */
final class LocalLab implements Labs {
    private final AppFolders folders;
    private final AssistantService service;

    LocalLab(AppFolders folders, AssistantService service) {
        this.folders = folders;
        this.service = service;
    }

    @Override
    public @Nullable Path questions() {
        return service.choice().model().equals(ModelStore.EMBEDDED)
                ? new ModelStore(folders).assets().questions()
                : null;
    }

    @Override
    public LabReport known(Path questions, List<MatFormerSlice> more) {
        return service.beside((model, turn, gone) -> {
            LabSetup setup = new LabSetup(model, questions, folders.slices(), folders.cache(), false, turn);
            return setup.lab().known(setup.slices(List.of(), more));
        });
    }

    @Override
    public LabReport run(
            Path questions, List<MatFormerSlice> more, boolean again, Progress progress, BooleanSupplier stop) {
        return service.beside((model, turn, gone) -> {
            LabSetup setup = new LabSetup(model, questions, folders.slices(), folders.cache(), again, turn);
            List<SliceInfo> slices = setup.slices(List.of(), more);
            return setup.lab().run(slices, heard(setup, slices, progress), either(stop, gone));
        });
    }

    @Override
    public MatFormerSlice find(Path questions, Goal goal, Progress progress, BooleanSupplier stop) {
        return service.beside((model, turn, gone) -> {
            LabSetup setup = new LabSetup(model, questions, folders.slices(), folders.cache(), false, turn);
            boolean bytes = goal.unit() == Unit.MEGABYTES;
            return setup.find(
                    goal.slice(),
                    bytes ? (Long) Math.round(goal.amount() * 1e6) : null,
                    bytes ? null : (Double) goal.amount(),
                    tried -> progress.onTry(setup.costs().custom(tried).deviceBytes()),
                    either(stop, gone));
        });
    }

    private static BooleanSupplier either(BooleanSupplier stop, BooleanSupplier gone) {
        return () -> stop.getAsBoolean() || gone.getAsBoolean();
    }

    private static Lab.Progress heard(LabSetup setup, List<SliceInfo> slices, Progress progress) {
        int questions = setup.questions();
        return new Lab.Progress() {
            @Override
            public void onQuestion(int slice, int question) {
                progress.onQuestion(slices.get(slice).slice(), slice * questions + question, slices.size() * questions);
            }

            @Override
            public void onSlice(LabReport soFar) {
                progress.onSlice(soFar);
            }
        };
    }
}
