package io.cosell.sandbox.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.cosell.sandbox.CallKind;
import io.cosell.sandbox.InnerCalls;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Several calls in one: {@code /composite}, {@code /composite/graph} and {@code /composite/batch} (section 3.3). */
final class Composites {

    private static final int MOST_PARTS = 25;
    private static final int MOST_QUERIES_AND_COLLECTIONS = 5;
    private static final int MOST_GRAPHS = 75;
    private static final int MOST_NODES = 500;
    private static final int DEEPEST = 15;
    private static final int MOST_NODE_TYPES = 15;
    private static final int FAILED_GRAPHS = 14;
    private static final int GRAPHS_SINCE = 50;
    private static final int MULTIPLE_CHOICES = 300;
    private static final int BAD_REQUEST = 400;
    private static final String HALTED = "PROCESSING_HALTED";
    private static final String LIMIT = "LIMIT_EXCEEDED";
    private static final Refusal ROLLED_BACK = new Refusal(BAD_REQUEST, HALTED,
        "The transaction was rolled back since another operation in the same transaction failed.");
    private static final Refusal TOO_MANY_FAILED = new Refusal(BAD_REQUEST, HALTED,
        "The graph was not processed since " + FAILED_GRAPHS + " other graphs failed.");
    private static final Refusal BATCH_HALTED = new Refusal(412, "BATCH_PROCESSING_HALTED",
        "Batch processing halted per request");

    private final Org org;
    private final InnerCalls log;

    Composites(Org org, InnerCalls log) {
        this.org = org;
        this.log = log;
    }

    List<Resource> resources() {
        return List.of(
            new Resource("POST", "/composite", CallKind.BATCH, (call, parts) -> composite(call)),
            new Resource("POST", "/composite/graph", CallKind.BATCH, (call, parts) -> graphs(call)),
            new Resource("POST", "/composite/batch", CallKind.BATCH, (call, parts) -> batch(call)));
    }

    /** Ends a transaction that must not count. */
    private static final class Undone extends RuntimeException {
        Undone() {
            super(null, null, false, false);
        }
    }

    /**
     * A part that was answered.
     *
     * @param request what was called; null if a reference could not be filled
     */
    private record Answered(Subrequest part, Request request, Reply reply) {

        /** 300 counts too: nothing was written (section 3.1). */
        boolean failed() {
            return reply.status() >= MULTIPLE_CHOICES;
        }

        Map<String, Object> json() {
            Map<String, String> headers = new LinkedHashMap<>(reply.headers());
            headers.remove("Content-Type");
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("body", Subrequest.body(reply));
            json.put("httpHeaders", headers);
            json.put("httpStatusCode", reply.status());
            json.put("referenceId", part.referenceId());
            return json;
        }
    }

    private void note(List<Answered> answers, boolean kept) {
        answers.stream().filter(answered -> answered.request() != null)
            .forEach(answered -> log.answered(answered.request(), answered.reply(), kept));
    }

    // ---- composite

    private Reply composite(ApiCall call) {
        List<Subrequest> parts = parts(Subrequest.list(call.body(), "compositeRequest"));
        refuseAbove(MOST_PARTS, parts.size(), "subrequests");
        refuseAbove(MOST_QUERIES_AND_COLLECTIONS, parts.stream().map(Subrequest::resource)
            .filter(resource -> resource.startsWith("/query") || resource.startsWith("/composite/sobjects")).count(),
            "subrequests that are queries or collections");
        parts.stream().filter(part -> part.resource().startsWith("/composite") && !part.resource().startsWith("/composite/sobjects"))
            .findFirst().ifPresent(part -> {
                throw Subrequest.invalid("The resource " + part.url() + " can't be a subrequest.");
            });
        List<Answered> answers = call.body().path("allOrNone").asBoolean() ? allOrNone(call, parts) : separately(call, parts);
        return Reply.json(200, Map.of("compositeResponse", answers.stream().map(Answered::json).toList()));
    }

    private static List<Subrequest> parts(List<JsonNode> list) {
        List<Subrequest> parts = list.stream().map(Subrequest::of).toList();
        Map<String, Long> byId = parts.stream().collect(Collectors.groupingBy(Subrequest::referenceId, Collectors.counting()));
        byId.entrySet().stream().filter(entry -> entry.getValue() > 1).findFirst().ifPresent(twice -> {
            throw Subrequest.invalid("Duplicate ReferenceId provided in the request: " + twice.getKey());
        });
        return parts;
    }

    private static void refuseAbove(int most, long number, String what) {
        if (number > most) {
            throw new Refusal(BAD_REQUEST, LIMIT, "The limit of " + most + " " + what + " is exceeded: there are " + number + ".");
        }
    }

    /** Each part on its own. */
    private List<Answered> separately(ApiCall call, List<Subrequest> parts) {
        References references = new References();
        List<Answered> answers = parts.stream().map(part -> send(call, part, references)).toList();
        note(answers, true);
        return answers;
    }

    /** One part, with what came before in place of its references. */
    private static Answered send(ApiCall call, Subrequest part, References references) {
        Request request;
        try {
            request = references.fill(part).request(call);
        } catch (Refusal unfilled) {
            return new Answered(part, null, unfilled.reply());
        }
        Answered answered = new Answered(part, request, call.inner(request));
        if (!answered.failed()) {
            references.add(part.referenceId(), Subrequest.body(answered.reply()));
        }
        return answered;
    }

    /** All parts, or none: then those beside the one that failed answer that they are undone. */
    private List<Answered> allOrNone(ApiCall call, List<Subrequest> parts) {
        References references = new References();
        List<Answered> answers = new ArrayList<>();
        try {
            org.store().transaction(() -> {
                for (Subrequest part : parts) {
                    Answered answered = send(call, part, references);
                    answers.add(answered);
                    if (answered.failed()) {
                        throw new Undone();
                    }
                }
                return null;
            });
        } catch (Undone undone) {
            note(answers, false);
            Answered failed = answers.get(answers.size() - 1);
            return parts.stream().map(part -> part == failed.part() ? failed : new Answered(part, null, ROLLED_BACK.reply())).toList();
        }
        note(answers, true);
        return answers;
    }

    // ---- graphs

    private Reply graphs(ApiCall call) {
        if (call.level() < GRAPHS_SINCE) {
            throw Refusal.notFound();
        }
        List<JsonNode> graphs = Subrequest.list(call.body(), "graphs");
        refuseAbove(MOST_GRAPHS, graphs.size(), "graphs");
        Map<String, List<Subrequest>> byId = new LinkedHashMap<>();
        for (JsonNode graph : graphs) {
            List<JsonNode> nodes = new ArrayList<>();
            graph.path("compositeRequest").forEach(nodes::add);
            if (byId.put(Subrequest.text(graph, "graphId"), parts(nodes)) != null) {
                throw Subrequest.invalid("Duplicate graphId provided in the request: " + graph.path("graphId").textValue());
            }
        }
        refuseAbove(MOST_NODES, byId.values().stream().mapToInt(List::size).sum(), "nodes");
        byId.values().forEach(Composites::checkGraph);
        int failed = 0;
        List<Map<String, Object>> answers = new ArrayList<>();
        for (Map.Entry<String, List<Subrequest>> graph : byId.entrySet()) {
            List<Answered> nodes = failed >= FAILED_GRAPHS
                ? graph.getValue().stream().map(node -> new Answered(node, null, TOO_MANY_FAILED.reply())).toList()
                : allOrNone(call, graph.getValue());
            boolean successful = nodes.stream().noneMatch(Answered::failed);
            failed += successful ? 0 : 1;
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("graphId", graph.getKey());
            answer.put("graphResponse", Map.of("compositeResponse", nodes.stream().map(Answered::json).toList()));
            answer.put("isSuccessful", successful);
            answers.add(answer);
        }
        return Reply.json(200, Map.of("graphs", answers));
    }

    private static void checkGraph(List<Subrequest> nodes) {
        Map<String, Integer> depths = new HashMap<>();
        for (Subrequest node : nodes) {
            if (!node.resource().startsWith("/sobjects/")) {
                throw Subrequest.invalid("The resource " + node.url() + " can't be a node of a graph: records of /sobjects only.");
            }
            int depth = 1 + References.of(node).stream().mapToInt(name -> depths.getOrDefault(name, 0)).max().orElse(0);
            refuseAbove(DEEPEST, depth, "levels of a graph");
            depths.put(node.referenceId(), depth);
        }
        Function<Subrequest, String> type = node -> node.method() + " " + node.resource().split("/")[2];
        refuseAbove(MOST_NODE_TYPES, nodes.stream().map(type).distinct().count(), "differing node types of a graph");
    }

    // ---- batch

    private Reply batch(ApiCall call) {
        List<JsonNode> requests = Subrequest.list(call.body(), "batchRequests");
        refuseAbove(MOST_PARTS, requests.size(), "subrequests");
        List<Subrequest> parts = requests.stream().map(Composites::batchPart).toList();
        boolean haltOnError = call.body().path("haltOnError").asBoolean();
        boolean errors = false;
        List<Map<String, Object>> results = new ArrayList<>();
        for (Subrequest part : parts) {
            Reply reply = BATCH_HALTED.reply();
            if (!errors || !haltOnError) {
                Request request = part.request(call);
                reply = call.inner(request);
                log.answered(request, reply, true);
            }
            errors |= reply.status() >= BAD_REQUEST;
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("statusCode", reply.status());
            result.put("result", Subrequest.body(reply));
            results.add(result);
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("hasErrors", errors);
        answer.put("results", results);
        return Reply.json(200, answer);
    }

    /** Its address begins with the version: {@code v60.0/sobjects/...}. */
    private static Subrequest batchPart(JsonNode json) {
        String url = Subrequest.text(json, "url");
        String whole = url.startsWith(Api.DATA) ? url : Api.DATA + url.replaceFirst("^/", "");
        JsonNode body = json.has("richInput") ? json.path("richInput") : MissingNode.getInstance();
        Subrequest part = new Subrequest(Subrequest.text(json, "method").toUpperCase(Locale.ROOT), whole, body, Map.of(), null);
        if (part.resource().startsWith("/composite")) {
            throw Subrequest.invalid("The resource " + url + " can't be part of a batch.");
        }
        return part;
    }
}
