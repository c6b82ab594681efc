import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Compiles rows.c where there is a C compiler and an x86 processor; run by Maven. Without one the program does the same through
 * the Vector API, slower. Arguments: source folder, target folder.
 */
class CompileKernels {
    /** In the order they are tried. */
    private static final List<String> COMPILERS = List.of("cc", "gcc", "clang");

    /** No library of C is needed, so that the compiler alone does. */
    private static final List<String> OPTIONS = List.of(
            "-std=c11", "-O3", "-Wall", "-Wextra", "-Werror", "-ffreestanding", "-fno-stack-protector", "-fvisibility=hidden",
            "-fPIC", "-shared", "-nostdlib", "-s");

    public static void main(String[] args) throws IOException, InterruptedException {
        Path source = Path.of(args[0]);
        Path library = Files.createDirectories(Path.of(args[1])).resolve("rows.so");
        Files.deleteIfExists(library);
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        if (!system.startsWith("linux") || !System.getProperty("os.arch").equals("amd64")) {
            System.out.println("no native kernels for " + system + ": the Vector API does without");
            return;
        }
        for (String compiler : COMPILERS) {
            List<String> command = new ArrayList<>(List.of(compiler));
            command.addAll(OPTIONS);
            command.addAll(List.of("-o", library.toString(), source.resolve("rows.c").toString(), "-lgcc"));
            try {
                int failed = new ProcessBuilder(command).inheritIO().start().waitFor();
                System.out.println("native kernels by " + compiler + (failed == 0 ? "" : ": failed"));
                System.exit(failed);
            } catch (IOException e) {
                continue; // there is no such compiler
            }
        }
        System.out.println("no native kernels, for want of a C compiler (gcc): the Vector API does without");
    }
}
