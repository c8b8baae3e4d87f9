package io.cosell.plan;

import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Which fields travel, which way, who wins, what may never be undone, and what a record needs before it is shared. The typed form
 * of {@code mappings/fields.yaml}.
 *
 * @param fields       the fields in the order of the file, which is also the order of every plan
 * @param requirements what must be there before a record is shared
 */
public record Policy(List<Field> fields, List<Requirement> requirements) {

    /** Keeps lists immutable. */
    public Policy {
        fields = List.copyOf(fields);
        requirements = List.copyOf(requirements);
    }

    /**
     * Reads a file of field rules.
     *
     * @param yaml     the content, UTF-8; left open
     * @param fileName how to call the file in messages
     * @throws PolicyException with every problem of the file and its line
     */
    public static Policy parse(InputStream yaml, String fileName) {
        return parse(new InputStreamReader(yaml, StandardCharsets.UTF_8), fileName);
    }

    /**
     * Reads a file of field rules.
     *
     * @param yaml     the content; left open
     * @param fileName how to call the file in messages
     * @throws PolicyException with every problem of the file and its line
     */
    public static Policy parse(Reader yaml, String fileName) {
        return new PolicyReader(fileName).read(yaml);
    }

    /** The field that a path belongs to, or inside which it lies. */
    public Optional<Field> fieldOf(String path) {
        return fields.stream()
            .filter(field -> field.paths().stream().anyMatch(own -> path.equals(own) || path.startsWith(own + "/")))
            .findFirst();
    }
}
