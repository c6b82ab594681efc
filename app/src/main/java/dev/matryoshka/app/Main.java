package dev.matryoshka.app;

import dev.matryoshka.engine.Version;
import dev.matryoshka.engine.error.MatryoshkaException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** The program: a window without arguments, a command with them. */
@Command(
        name = "matryoshka",
        mixinStandardHelpOptions = true,
        version = "Matryoshka " + Version.PROGRAM,
        description = "Runs Gemma 3n on this machine: text, pictures, sound and video in, text out.",
        footer =
                "In a clone, './matryoshka pack [--to FILE.tar.gz]' makes an archive of these commands for Linux machines"
                        + " with nothing installed.",
        subcommands = {
            AskCommand.class,
            BenchCommand.class,
            ChatCommand.class,
            ConvertCommand.class,
            DevicesCommand.class,
            DoctorCommand.class,
            HistoryCommand.class,
            ListCommand.class,
            ProbeCommand.class,
            ProductsCommand.class,
            PullCommand.class,
            RehearseCommand.class,
            RemoveCommand.class,
            SelftestCommand.class,
            ShowCommand.class,
            SlicesCommand.class,
            LabCommand.class,
            TokenizeCommand.class,
            TowersCommand.class
        })
public final class Main implements Runnable {
    /** Exit status of a failure that the user can mend. */
    static final int FAILURE = 1;

    /** Exit status of a command line that can't be understood. */
    static final int USAGE = 2;

    /** Where backends keep what is slow to make or to measure: compiled kernels, the speed of devices. */
    private static final String CACHE = "matryoshka.cache";

    /** Runs and exits: status 0 only on success. */
    public static void main(String[] arguments) {
        if (System.getProperty(CACHE) == null) {
            System.setProperty(CACHE, AppFolders.ofUser().cache().toString());
        }
        System.exit(run(arguments));
    }

    /** Runs a command line and returns its exit status. */
    static int run(String... arguments) {
        CommandLine line = new CommandLine(new Main());
        try {
            return execute(line, arguments);
        } catch (Error e) { // picocli hands over exceptions only
            line.getErr().println("matryoshka: " + line(e));
            return FAILURE;
        }
    }

    private static int execute(CommandLine line, String... arguments) {
        return line.setExecutionExceptionHandler((e, command, parsed) -> {
                    command.getErr().println("matryoshka: " + line(e));
                    return FAILURE;
                })
                .setParameterExceptionHandler(Main::usage)
                .execute(arguments);
    }

    private static int usage(ParameterException e, String[] arguments) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        e.getCommandLine().getErr().println("matryoshka: " + e.getMessage() + ": see '" + command + " --help'");
        return USAGE;
    }

    private static String line(Throwable e) {
        if (e instanceof MatryoshkaException known) {
            return known.problem() + ": " + known.remedy();
        }
        if (e instanceof OutOfMemoryError) {
            return "not enough memory: close other programs or choose a smaller model";
        }
        if (e instanceof InternalError) { // how the JVM reports a page of a mapping that is gone
            return "the model's file was cut off while it was in use: fetch the model again";
        }
        return "unexpected " + e + ": please report it with the log in " + kept(e);
    }

    /** The folder of the log, which has the failure with its trace. */
    private static Path kept(Throwable unexpected) {
        Path folder = AppFolders.ofUser().logs();
        Log.open(folder);
        Log.failure("Matryoshka " + Version.PROGRAM + " failed", unexpected);
        return folder;
    }

    /** Without a command: the window. */
    @Override
    public void run() {
        new ChatCommand().run();
    }
}
