package dev.matryoshka.ui.markdown;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javafx.scene.text.Text;

/** Plain highlighting that fits most languages: comments, strings, numbers, common keywords. */
final class CodeColours {
    private static final String KEYWORDS =
            "abstract|and|as|assert|async|await|bool|boolean|break|byte|case|catch|char|class|const|continue|"
                    + "def|default|del|do|double|elif|else|enum|except|export|extends|false|final|finally|float|fn|for|from|func|function|"
                    + "if|impl|implements|import|in|instanceof|int|interface|is|lambda|let|long|match|module|mut|new|nil|None|not|null|"
                    + "or|package|pass|private|protected|pub|public|raise|record|return|self|short|static|struct|super|switch|this|throw|"
                    + "throws|trait|true|True|False|try|type|typedef|union|unsigned|use|var|void|volatile|where|while|with|yield|"
                    + "select|insert|update|delete|create|table|join|SELECT|FROM|WHERE|INSERT|UPDATE|DELETE|CREATE|TABLE|JOIN|ON|AND|OR|"
                    + "echo|fi|then|done|esac|local";
    private static final String SLASHES = "(?<comment>//[^\\n]*|/\\*(?s:.*?)\\*/)";
    private static final String HASH = "(?<comment>(?<![^\\s])#[^\\n]*)";
    private static final String DASHES = "(?<comment>--[^\\n]*)";
    private static final String REST = "|(?<string>\"(?:[^\"\\\\\\n]|\\\\.)*\"|'(?:[^'\\\\\\n]|\\\\.)*'|`[^`\\n]*`)"
            + "|(?<number>\\b\\d[\\w.]*)|(?<keyword>\\b(?:" + KEYWORDS + ")\\b)";
    private static final Pattern SLASHED = Pattern.compile(SLASHES + REST);
    private static final Pattern HASHED = Pattern.compile(HASH + REST);
    private static final Pattern DASHED = Pattern.compile(DASHES + REST);
    private static final List<String> HASH_LANGUAGES = List.of(
            "python", "py", "bash", "sh", "shell", "zsh", "ruby", "rb", "yaml", "yml", "toml", "r", "perl", "make");

    private CodeColours() {}

    /**
     * Code in runs of one colour; joined they are the code.
     *
     * @param language as the block names it; empty where it doesn't, and then nothing is coloured
     */
    static List<Text> of(String code, String language) {
        List<Text> runs = new ArrayList<>();
        int from = 0;
        Matcher found = pattern(language.toLowerCase(Locale.ROOT)).matcher(code);
        while (!language.isEmpty() && found.find()) {
            if (found.start() > from) {
                runs.add(run(code.substring(from, found.start()), "plain"));
            }
            runs.add(run(found.group(), kind(found)));
            from = found.end();
        }
        if (from < code.length()) {
            runs.add(run(code.substring(from), "plain"));
        }
        return runs;
    }

    private static Pattern pattern(String language) {
        return HASH_LANGUAGES.contains(language) ? HASHED : language.equals("sql") ? DASHED : SLASHED;
    }

    private static String kind(Matcher found) {
        for (String kind : List.of("comment", "string", "number")) {
            if (found.group(kind) != null) {
                return kind;
            }
        }
        return "keyword";
    }

    private static Text run(String text, String kind) {
        Text run = new Text(text);
        run.getStyleClass().addAll("code-text", "code-" + kind);
        return run;
    }
}
