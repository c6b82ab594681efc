package dev.matryoshka.ui.markdown;

import java.util.Set;
import org.commonmark.node.Code;
import org.commonmark.parser.beta.InlineContentParser;
import org.commonmark.parser.beta.InlineContentParserFactory;
import org.commonmark.parser.beta.InlineParserState;
import org.commonmark.parser.beta.ParsedInline;
import org.commonmark.parser.beta.Position;
import org.commonmark.parser.beta.Scanner;

/**
 * Formulas as they stand, in place of emphasis and escapes within them: {@code $…$}, {@code $$…$$}, {@code \(…\)}, {@code \[…\]}. A
 * single dollar begins one by pandoc's rule: no space after it, none before the closing one, no digit behind that.
 */
final class FormulaParser implements InlineContentParser {
    static final InlineContentParserFactory FACTORY = new InlineContentParserFactory() {
        @Override
        public Set<Character> getTriggerCharacters() {
            return Set.of('$', '\\');
        }

        @Override
        public InlineContentParser create() {
            return new FormulaParser();
        }
    };

    @Override
    public ParsedInline tryParse(InlineParserState state) {
        Scanner scanner = state.scanner();
        String close;
        if (scanner.next("$$")) {
            close = "$$";
        } else if (scanner.next("\\(")) {
            close = "\\)";
        } else if (scanner.next("\\[")) {
            close = "\\]";
        } else if (scanner.next('$') && !Character.isWhitespace(scanner.peek())) {
            close = "$";
        } else {
            return ParsedInline.none();
        }
        Position begin = scanner.position();
        while (scanner.peek() != Scanner.END) {
            Position end = scanner.position();
            char before = (char) scanner.peekPreviousCodePoint();
            if (scanner.next(close)) {
                boolean dollar = close.equals("$");
                if (dollar && (Character.isWhitespace(before) || Character.isDigit(scanner.peek()))) {
                    return ParsedInline.none();
                }
                String formula = scanner.getSource(begin, end).getContent().strip();
                return formula.isEmpty() ? ParsedInline.none() : ParsedInline.of(new Code(formula), scanner.position());
            }
            scanner.next();
        }
        return ParsedInline.none();
    }
}
