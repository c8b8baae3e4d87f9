package io.cosell.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * A JOLT spec whose parts know their lines.
 *
 * @param file       the file as the integrator knows it
 * @param name       its name below the folder of mappings, without its ending
 * @param operations the operations in their order
 */
record Spec(String file, String name, List<Member> operations) {

    private static final JsonFactory JSON = new JsonFactory();

    /**
     * One value of a spec.
     *
     * @param key     its name, or its number in a list
     * @param line    the line of the name; of a list's element its own
     * @param text    a scalar's text; empty for objects and lists
     * @param members what is inside; nothing in a scalar
     */
    record Member(String key, int line, Optional<String> text, List<Member> members) {

        Optional<Member> member(String name) {
            return members.stream().filter(one -> one.key.equals(name)).findFirst();
        }

        /** The text of a member; empty when there is none. */
        String textOf(String name) {
            return member(name).flatMap(Member::text).orElse("");
        }

        /** This and everything below. */
        Stream<Member> all() {
            return Stream.concat(Stream.of(this), members.stream().flatMap(Member::all));
        }

        /** Hands over each scalar with the names that lead to it; elements of a list count as the list itself. */
        void leaves(BiConsumer<List<Member>, Member> to) {
            members.forEach(member -> member.leaves(List.of(member), to));
        }

        private void leaves(List<Member> path, BiConsumer<List<Member>, Member> to) {
            if (text.isPresent()) {
                to.accept(path, this);
            } else if (!members.isEmpty() && members.get(0).key.equals("0") && members.get(0).text.isPresent()) {
                members.forEach(element -> to.accept(path, element));
            } else {
                members.forEach(member -> member.leaves(Stream.concat(path.stream(), Stream.of(member)).toList(), to));
            }
        }
    }

    /**
     * Reads a spec.
     *
     * @param text JSON, placeholders replaced
     */
    static Spec parse(String file, String name, String text) throws IOException {
        try (JsonParser parser = JSON.createParser(text)) {
            parser.nextToken();
            return new Spec(file, name, member("", parser, 1).members());
        }
    }

    /** The instructions of every operation of a kind; {@code ""} for all. */
    List<Member> instructions(String kind) {
        return operations.stream().filter(operation -> operation.textOf("operation").startsWith(kind))
            .flatMap(operation -> operation.member("spec").stream()).toList();
    }

    private static Member member(String key, JsonParser parser, int line) throws IOException {
        List<Member> members = new ArrayList<>();
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                int at = parser.currentTokenLocation().getLineNr();
                parser.nextToken();
                members.add(member(name, parser, at));
            }
            return new Member(key, line, Optional.empty(), members);
        }
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                members.add(member(String.valueOf(members.size()), parser, parser.currentTokenLocation().getLineNr()));
            }
            return new Member(key, line, Optional.empty(), members);
        }
        return new Member(key, line, Optional.of(parser.currentToken() == JsonToken.VALUE_NULL ? "" : parser.getText()), members);
    }

    /** The names that a target of a shift leads through, without numbers of list elements; ends before the first that is not plain. */
    static List<String> target(String text) {
        List<String> names = new ArrayList<>();
        for (String part : text.split("(?<!\\\\)\\.")) {
            String name = part.replaceAll("(?<!\\\\)\\[[^\\]]*]", "").replace("\\", "");
            if (name.isEmpty() || !plain(part.replaceAll("(?<!\\\\)\\[[^\\]]*]", "").replaceAll("\\\\.", "x"))) {
                break;
            }
            names.add(name);
        }
        return names;
    }

    /** Whether a name stands for itself. */
    static boolean plain(String name) {
        return name.chars().noneMatch(sign -> "*|&@$#()".indexOf(sign) >= 0);
    }
}
