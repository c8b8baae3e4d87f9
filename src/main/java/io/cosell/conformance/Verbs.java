package io.cosell.conformance;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.cosell.conformance.Report.VerbCalls;
import io.cosell.lane.LaneFailure;
import io.cosell.lane.Tally;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;

/** Uses the verbs as flows do, and counts the calls they make. */
final class Verbs {

    static final ObjectMapper JSON = JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();
    private static final TypeReference<Map<String, Object>> DOCUMENT = new TypeReference<>() { };
    private static final String CALLS_APART = ", ";
    /** Variables of flows, which are shared along the whole run of a lane. */
    private static final List<String> OF_FLOWS = List.of("link", "record", "plan", "reason");
    private static final String KEPT = "of the flow that uses the verb";

    private final ProducerTemplate camel;
    private final Map<String, Integer> times = new LinkedHashMap<>();
    private final Map<String, Map<String, Integer>> calls = new LinkedHashMap<>();
    private final Map<String, Integer> sinceLastAsked = new TreeMap<>();

    Verbs(ProducerTemplate camel) {
        this.camel = camel;
    }

    /**
     * Uses a verb.
     *
     * @param verb      its name
     * @param body      what goes in; it is copied, as a verb may take it apart
     * @param variables what flows have set beside it
     * @return what comes out, as JSON; a missing node for nothing
     * @throws LaneFailure if the verb ends with one
     */
    JsonNode use(String verb, Object body, Map<String, Object> variables) {
        Tally tally = new Tally();
        Exchange exchange = camel.request("direct:" + verb, message -> {
            message.getIn().setBody(body instanceof Map ? copy(body) : body);
            variables.forEach((name, value) -> message.setVariable(name, value instanceof Map ? copy(value) : value));
            OF_FLOWS.forEach(name -> message.setVariable(name, KEPT));
            message.setVariable(Tally.VARIABLE, tally);
        });
        count(verb, tally.take());
        if (exchange.getException() != null) {
            throw failure(exchange.getException());
        }
        OF_FLOWS.forEach(name -> Suite.require(KEPT.equals(exchange.getVariable(name)), verb + " sets the variable " + name
            + ", which belongs to the flow that uses it."));
        return JSON.valueToTree(exchange.getMessage().getBody());
    }

    JsonNode use(String verb, Object body) {
        return use(verb, body, Map.of());
    }

    /** Maps and lists of its own, as JOLT wants them. */
    static Map<String, Object> copy(Object document) {
        return JSON.convertValue(JSON.valueToTree(document), DOCUMENT);
    }

    private static RuntimeException failure(Exception thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof LaneFailure failure) {
                return failure;
            }
        }
        return thrown instanceof RuntimeException failure ? failure : new CamelExecutionException(thrown.getMessage(), null, thrown);
    }

    /** Adds calls written as {@code crm: 1 batch, 2 read; other: 1 read}. */
    private void count(String verb, String taken) {
        times.merge(verb, 1, Integer::sum);
        Map<String, Integer> ofVerb = calls.computeIfAbsent(verb, name -> new TreeMap<>());
        if (taken == null) {
            return;
        }
        Arrays.stream(taken.split("; ")).flatMap(system -> Arrays.stream(system.substring(system.indexOf(": ") + 2).split(CALLS_APART)))
            .map(kind -> kind.split(" ", 2)).forEach(kind -> {
                ofVerb.merge(kind[1], Integer.parseInt(kind[0]), Integer::sum);
                sinceLastAsked.merge(kind[1], Integer.parseInt(kind[0]), Integer::sum);
            });
    }

    /** The calls since the last time, by kind; sign-in is one of them. */
    Map<String, Integer> take() {
        Map<String, Integer> taken = new TreeMap<>(sinceLastAsked);
        sinceLastAsked.clear();
        return taken;
    }

    /** How many calls were made since the last {@link #take}, without those that sign in. */
    int callsSoFar() {
        return sinceLastAsked.entrySet().stream().filter(kind -> !kind.getKey().equals("sign-in")).mapToInt(Map.Entry::getValue).sum();
    }

    /** Calls in one line. */
    static String words(Map<String, Integer> calls) {
        return calls.entrySet().stream().map(kind -> kind.getValue() + " " + kind.getKey()).collect(Collectors.joining(CALLS_APART));
    }

    List<VerbCalls> all() {
        List<VerbCalls> all = new ArrayList<>();
        times.forEach((verb, used) -> all.add(new VerbCalls(verb, used, words(calls.get(verb)))));
        return all;
    }
}
