package io.cosell.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cosell.plan.Field;
import io.cosell.plan.Policy;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Writes generated documents with each pair of specs and reads them back. Which specs are a pair, how the system keeps what they write, and
 * what is known not to come back stands in {@code round-trips.yaml} of their folder.
 */
public final class RoundTrips {

    private static final String FILE = "round-trips.yaml";
    private static final String SCHEMA = "referral-view.schema.yaml";
    private static final String POLICY = "fields.yaml";
    private static final List<String> MARKS = List.of("", "✔ ", "✖ ");
    /** Documents made at a time; the rest of the work is shared by the processors. */
    private static final int BATCH = 500;

    private RoundTrips() {
    }

    /**
     * How many documents, and which.
     *
     * @param documents how many for each pair
     * @param seed      the same seed makes the same documents
     */
    public record Plan(int documents, long seed) {
    }

    /**
     * What becomes of one path of a view.
     *
     * @param path    JSON Pointer; {@code 0} is the first item of a list, {@code 1-} any other, {@code *} any
     * @param title   the name of its field
     * @param verdict the worst of all documents
     * @param note    in which form it comes back, or why it does not; empty if lossless
     */
    public record Row(String path, String title, Verdict verdict, String note) {
    }

    /**
     * The smallest documents found that lose a value.
     *
     * @param path  the path that is lost
     * @param note  what was written and what came back
     * @param steps what was written, made by the specs and read back, in this order
     */
    public record Counterexample(String path, String note, Map<String, JsonNode> steps) {
    }

    /**
     * What came of a pair.
     *
     * @param name            such as {@code dynamics365/opportunity}
     * @param documents       how many documents went round
     * @param rows            each path, in the order of fields.yaml
     * @param counterexamples one for each path that is lost without a declaration
     */
    public record Report(String name, int documents, List<Row> rows, List<Counterexample> counterexamples) {

        /** Whether nothing is lost without a declaration. */
        public boolean passes() {
            return counterexamples.isEmpty();
        }
    }

    /**
     * Runs the pairs of some folders of specs.
     *
     * @param folders such as the CRM's and partner-center
     * @param wanted  takes the spec names of which one at least must belong to a pair, so that only pairs that changed are run
     * @throws IllegalArgumentException if a file that is needed is missing or wrong, with what to do
     */
    public static List<Report> run(Specs specs, List<String> folders, Plan plan, Predicate<String> wanted) {
        Policy policy = policy(specs.folder().resolve(POLICY));
        JsonNode schema = Documents.withFields(specs.yaml(SCHEMA).orElseGet(() -> Specs.JSON.createObjectNode().put("type", "object")), policy);
        List<Report> reports = new ArrayList<>();
        for (String folder : folders) {
            pairs(specs, folder).stream().filter(pair -> pair.specs().stream().anyMatch(wanted))
                .forEach(pair -> reports.add(run(specs, pair, policy, schema, plan)));
        }
        return reports;
    }

    private static Policy policy(Path file) {
        try (InputStream yaml = Files.newInputStream(file)) {
            return Policy.parse(yaml, file.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(file + " can't be read: " + e.getMessage(), e);
        }
    }

    private static List<Pair> pairs(Specs specs, String folder) {
        String file = specs.folder().resolve(folder).resolve(FILE).toString();
        JsonNode yaml = specs.yaml(folder + "/" + FILE).orElseThrow(() -> new IllegalArgumentException(file
            + " is missing, so it is not known whether what its specs write comes back. docs/workbench.md tells what stands in it."));
        List<Pair> pairs = new ArrayList<>();
        yaml.path("pairs").properties().forEach(pair -> pairs.add(Pair.of(folder, pair.getKey(), file, pair.getValue())));
        return pairs;
    }

    private static Report run(Specs specs, Pair pair, Policy policy, JsonNode schema, Plan plan) {
        Documents documents = new Documents(schema, plan.seed());
        Tally tally = new Tally();
        for (int done = 0; done < plan.documents(); done += BATCH) {
            List<Trip.Case> cases = IntStream.range(done, Math.min(done + BATCH, plan.documents()))
                .mapToObj(any -> new Trip.Case(documents.next(), documents.next(), documents.pick("mark", MARKS))).toList();
            List<List<Trip.Outcome>> outcomes = cases.parallelStream()
                .map(one -> Trip.run(specs, pair, policy, one, new LinkedHashMap<>())).toList();
            for (int i = 0; i < cases.size(); i++) {
                tally.add(cases.get(i), outcomes.get(i));
            }
        }
        List<Counterexample> counterexamples = new ArrayList<>();
        tally.losing.forEach((path, losing) -> counterexamples.add(counterexample(specs, pair, policy, path, losing)));
        return new Report(pair.name(), plan.documents(), tally.rows(policy), counterexamples);
    }

    private static Counterexample counterexample(Specs specs, Pair pair, Policy policy, String path, Trip.Case losing) {
        Trip.Case smallest = Shrinker.shrink(losing, one -> {
            try {
                return lost(Trip.run(specs, pair, policy, one, new LinkedHashMap<>()), path) != null;
            } catch (IllegalArgumentException e) {
                // A document that no system would send, such as half a status, is no example.
                return false;
            }
        });
        Map<String, JsonNode> steps = new LinkedHashMap<>();
        String note = lost(Trip.run(specs, pair, policy, smallest, steps), path).note();
        return new Counterexample(path, note, steps);
    }

    private static Trip.Outcome lost(List<Trip.Outcome> outcomes, String path) {
        return outcomes.stream().filter(outcome -> outcome.verdict() == Verdict.LOSSY && outcome.path().equals(path)).findFirst().orElse(null);
    }

    /** The worst verdict of each path, and the first case that loses it. */
    private static final class Tally {
        private final Map<String, Trip.Outcome> worst = new TreeMap<>();
        private final Map<String, Trip.Case> losing = new LinkedHashMap<>();

        void add(Trip.Case one, List<Trip.Outcome> outcomes) {
            for (Trip.Outcome outcome : outcomes) {
                worst.merge(outcome.path(), outcome, (before, now) -> before.verdict().worse(now.verdict()) == before.verdict() ? before : now);
                if (outcome.verdict() == Verdict.LOSSY) {
                    losing.putIfAbsent(outcome.path(), one);
                }
            }
        }

        /** In the order of fields.yaml; the first item of a list and the others in one row if the same came of them. */
        List<Row> rows(Policy policy) {
            List<Row> rows = new ArrayList<>();
            List<Trip.Outcome> left = new ArrayList<>(worst.values());
            for (Field field : policy.fields()) {
                for (String path : field.paths()) {
                    List<Trip.Outcome> own = left.stream().filter(outcome -> outcome.path().equals(path)
                        || outcome.path().startsWith(path + "/")).toList();
                    left.removeAll(own);
                    own.forEach(outcome -> row(outcome, own, field.title()).ifPresent(rows::add));
                }
            }
            left.forEach(outcome -> rows.add(new Row(outcome.path().isEmpty() ? "/" : outcome.path(), "", outcome.verdict(), outcome.note())));
            return rows;
        }

        private static Optional<Row> row(Trip.Outcome outcome, List<Trip.Outcome> own, String title) {
            String others = outcome.path().replaceFirst("/0(?=/|$)", "/1-");
            String first = outcome.path().replaceFirst("/1-(?=/|$)", "/0");
            boolean joins = !others.equals(first) && own.stream().filter(one -> one.path().equals(others) || one.path().equals(first))
                .map(Trip.Outcome::verdict).distinct().count() == 1;
            boolean second = joins && outcome.path().equals(others) && own.stream().anyMatch(one -> one.path().equals(first));
            return second ? Optional.empty() : Optional.of(new Row(joins ? outcome.path().replaceFirst("/(0|1-)(?=/|$)", "/*")
                : outcome.path(), title, outcome.verdict(), outcome.note()));
        }
    }
}
