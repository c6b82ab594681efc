package dev.matryoshka.media.audio;

import dev.matryoshka.engine.error.MediaDeviceException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A process of its own that records as the program does, since the sound system is chosen by the environment: says the
 * inputs' names, then "recording", and writes what it heard when its standard input ends. Errors are one line.
 */
final class RecordingProbe {
    private RecordingProbe() {}

    /** @param arguments the file to write to, raw floats */
    public static void main(String[] arguments) throws Exception {
        try {
            List<AudioInput> inputs = Microphones.list();
            inputs.forEach(input -> System.out.println("input " + input.name()));
            Recording recording = Recording.start(inputs.getFirst(), 30, new Recording.Listener() {
                private boolean said;

                @Override
                public void onLevel(float peak, double seconds) {
                    if (!said) {
                        System.out.println("recording");
                        said = true;
                    }
                }

                @Override
                public void onEnd() {}
            });
            System.in.readAllBytes();
            float[] heard = recording.finish();
            ByteBuffer bytes = ByteBuffer.allocate(4 * heard.length);
            bytes.asFloatBuffer().put(heard);
            Files.write(Path.of(arguments[0]), bytes.array());
        } catch (MediaDeviceException e) {
            System.out.println(e.getMessage());
        }
    }
}
