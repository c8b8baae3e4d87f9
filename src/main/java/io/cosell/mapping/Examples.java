package io.cosell.mapping;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The examples of a folder of mappings: {@code examples/SPEC/CASE.input.json} and what SPEC must make of it, {@code CASE.expected.json}. */
public final class Examples {

    private static final String FOLDER = "examples";
    private static final String INPUT = ".input.json";
    private static final String EXPECTED = ".expected.json";

    private Examples() {
    }

    /**
     * An example that is not as expected.
     *
     * @param file       the file to look at
     * @param text       what is wrong
     * @param difference expected against made, line by line; empty if there is nothing to compare
     * @param made       what the spec makes, in the spelling of the expected file; nothing if the spec fails
     */
    public record Failure(Path file, String text, List<String> difference, Optional<JsonNode> made) {
    }

    /**
     * What came of a run.
     *
     * @param count    how many examples were run
     * @param failures those that are not as expected
     */
    public record Result(int count, List<Failure> failures) {
    }

    /** Runs the examples of the specs that a predicate takes, such as {@code dynamics365/opportunity-in}. */
    public static Result run(Specs specs, Predicate<String> wanted) {
        Path folder = specs.folder().resolve(FOLDER);
        List<Failure> failures = new ArrayList<>();
        int count = 0;
        for (Path file : files(folder)) {
            String name = folder.relativize(file).toString().replace('\\', '/');
            if (name.contains("/") && wanted.test(name.substring(0, name.lastIndexOf('/')))) {
                if (name.endsWith(INPUT)) {
                    count++;
                    check(specs, name.substring(0, name.lastIndexOf('/')), file).ifPresent(failures::add);
                } else if (name.endsWith(EXPECTED) && !Files.exists(sibling(file, EXPECTED, INPUT))) {
                    failures.add(new Failure(file, "there is no " + sibling(file, EXPECTED, INPUT).getFileName() + " to it", List.of(),
                        Optional.empty()));
                }
            }
        }
        return new Result(count, List.copyOf(failures));
    }

    private static Optional<Failure> check(Specs specs, String spec, Path input) {
        Path expected = sibling(input, INPUT, EXPECTED);
        try {
            JsonNode wanted = Files.exists(expected) ? read(expected) : MissingNode.getInstance();
            JsonNode made = specs.run(spec, read(input));
            if (wanted.isMissingNode()) {
                return Optional.of(new Failure(expected, "is missing; --accept writes what the spec makes",
                    Difference.pretty(made).lines().map(line -> "+" + line).toList(), Optional.of(made)));
            }
            List<String> difference = Difference.lines(expected.toString(), wanted, "what " + spec + " makes of " + input.getFileName(), made);
            return difference.isEmpty() ? Optional.empty()
                : Optional.of(new Failure(expected, "is not what " + spec + " makes", difference, Optional.of(Difference.like(wanted, made))));
        } catch (Specs.SpecFailure | IllegalArgumentException e) {
            return Optional.of(new Failure(input, e.getMessage(), List.of(), Optional.empty()));
        }
    }

    /** Writes what the specs make into the expected files; returns those it wrote. */
    public static List<Path> accept(Result result) {
        List<Path> written = new ArrayList<>();
        for (Failure failure : result.failures()) {
            failure.made().ifPresent(made -> {
                try {
                    Files.writeString(failure.file(), Difference.pretty(made) + "\n");
                } catch (IOException e) {
                    throw new UncheckedIOException(failure.file() + " can't be written: " + e.getMessage(), e);
                }
                written.add(failure.file());
            });
        }
        return written;
    }

    private static Path sibling(Path file, String ending, String other) {
        String name = file.getFileName().toString();
        return file.resolveSibling(name.substring(0, name.length() - ending.length()) + other);
    }

    private static List<Path> files(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode read(Path file) {
        try {
            return Specs.JSON.readTree(Specs.text(file));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("is not JSON: " + e.getOriginalMessage(), e);
        }
    }
}
