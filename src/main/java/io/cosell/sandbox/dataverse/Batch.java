package io.cosell.sandbox.dataverse;

import io.cosell.sandbox.InnerCalls;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Request;
import io.cosell.sandbox.Store;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One {@code $batch} (section 3.5): parts in order, change sets as a whole or not at all. */
final class Batch {

    private static final int MOST_REQUESTS = 1000;
    private static final Pattern BOUNDARY = Pattern.compile("(?i)multipart/mixed\\s*;.*?boundary=\"?([^\";\\s]+)\"?.*", Pattern.DOTALL);
    private static final Pattern REFERENCE = Pattern.compile("\\$(\\d[A-Za-z0-9_.-]*)(.*)", Pattern.DOTALL);
    private static final Pattern BODY_REFERENCE = Pattern.compile("(\"[^\"]*@odata\\.(?:bind|id)\"\\s*:\\s*\")/?\\$(\\d[A-Za-z0-9_.-]*)");
    private static final Pattern ADDRESS = Pattern.compile("(?:https?://[^/]+)?(?:/api/data/v9\\.\\d+/)?/?(.*)", Pattern.DOTALL);

    /** A part of a multipart body: its headers by lower-case name, and what follows them. */
    private record Part(Map<String, String> headers, String content) {

        boolean isChangeSet() {
            return headers.getOrDefault("content-type", "").toLowerCase().startsWith("multipart/mixed");
        }
    }

    private record Answered(Request request, Reply reply) {
    }

    /** A failed request of a change set; undoes the whole set. */
    private static final class Failed extends RuntimeException {
        private final String contentId;
        private final transient Reply reply;

        Failed(String contentId, Reply reply) {
            super(null, null, false, false);
            this.contentId = contentId;
            this.reply = reply;
        }
    }

    private final WebApi api;
    private final Store store;
    private final Request outer;
    private final String root;
    private final boolean continueOnError;
    private final InnerCalls log;
    private final Map<String, String> created = new LinkedHashMap<>();
    private int requests;

    /**
     * @param root            address of the service, as links start
     * @param continueOnError whether later parts are run after an error
     * @param log             told of every request that was run
     */
    Batch(WebApi api, Store store, Request outer, String root, boolean continueOnError, InnerCalls log) {
        this.api = api;
        this.store = store;
        this.outer = outer;
        this.root = root;
        this.continueOnError = continueOnError;
        this.log = log;
    }

    /** Runs the parts; the status is 200, or that of the error the batch stopped at. */
    Reply run() {
        List<Part> parts = parts(outer.header("Content-Type").orElse(""), outer.text());
        String boundary = "batchresponse_" + UUID.randomUUID();
        StringBuilder answer = new StringBuilder();
        int status = 200;
        for (Part part : parts) {
            int failed = part.isChangeSet() ? changeSet(part, boundary, answer) : single(part, boundary, answer);
            if (failed != 0 && !continueOnError) {
                status = failed;
                break;
            }
        }
        answer.append("--").append(boundary).append("--\r\n");
        return Reply.text(status, "multipart/mixed; boundary=" + boundary, answer.toString());
    }

    /** Runs one part; answers its status if it failed, else 0. */
    private int single(Part part, String boundary, StringBuilder answer) {
        List<Answered> answered = new ArrayList<>();
        Reply reply = run(part, false, answered);
        answered.forEach(done -> log.answered(done.request(), done.reply(), true));
        write(answer, boundary, part.headers().get("content-id"), reply);
        return reply.status() >= 400 ? reply.status() : 0;
    }

    /** Runs one change set; answers the status of the request that failed, else 0. */
    private int changeSet(Part set, String boundary, StringBuilder answer) {
        String inner = "changesetresponse_" + UUID.randomUUID();
        Map<String, String> before = new LinkedHashMap<>(created);
        List<Answered> answered = new ArrayList<>();
        boolean kept = false;
        try {
            String answers = store.transaction(() -> {
                StringBuilder collected = new StringBuilder();
                for (Part part : parts(set.headers().get("content-type"), set.content())) {
                    Reply reply = run(part, true, answered);
                    if (reply.status() >= 400) {
                        throw new Failed(part.headers().get("content-id"), reply);
                    }
                    write(collected, inner, part.headers().get("content-id"), reply);
                }
                return collected.toString();
            });
            kept = true;
            answer.append("--").append(boundary).append("\r\nContent-Type: multipart/mixed; boundary=").append(inner).append("\r\n\r\n")
                .append(answers).append("--").append(inner).append("--\r\n");
            return 0;
        } catch (Failed e) {
            created.clear();
            created.putAll(before);
            write(answer, boundary, e.contentId, e.reply);
            return e.reply.status();
        } finally {
            boolean written = kept;
            answered.forEach(done -> log.answered(done.request(), done.reply(), written));
        }
    }

    /** Runs one request, and notes it with its answer if it could be read. */
    private Reply run(Part part, boolean inChangeSet, List<Answered> answered) {
        try {
            if (++requests > MOST_REQUESTS) {
                throw Refusal.query("A batch holds at most " + MOST_REQUESTS + " requests.");
            }
            String contentId = part.headers().get("content-id");
            if (inChangeSet && contentId == null) {
                throw Refusal.query("Every request of a change set needs a Content-ID header.");
            }
            Request request = request(part, inChangeSet);
            Reply reply = api.answer(request);
            answered.add(new Answered(request, reply));
            String address = reply.headers().get("OData-EntityId");
            if (contentId != null && address != null) {
                created.put(contentId, address.substring(root.length()));
            }
            return reply;
        } catch (Refusal e) {
            return e.reply();
        }
    }

    private Request request(Part part, boolean inChangeSet) {
        int line = part.content().indexOf("\r\n");
        String[] start = (line < 0 ? part.content() : part.content().substring(0, line)).trim().split(" ");
        if (start.length < 2) {
            throw Refusal.query("A part of the batch does not start with a request line, such as GET /api/data/v9.2/accounts HTTP/1.1.");
        }
        if (inChangeSet && start[0].equals("GET")) {
            throw Refusal.query("A change set can't hold GET requests.");
        }
        Part inside = part(line < 0 ? "" : part.content().substring(line + 2));
        Map<String, String> headers = new LinkedHashMap<>(inside.headers());
        outer.header("Host").ifPresent(host -> headers.put("Host", host));
        Matcher address = ADDRESS.matcher(start[1]);
        if (!address.matches()) {
            throw Refusal.query("'" + start[1] + "' is no address in this service.");
        }
        String local = address.group(1);
        if (local.equals("$batch")) {
            throw Refusal.query("A batch can't hold a batch.");
        }
        Matcher reference = REFERENCE.matcher(local);
        if (reference.matches()) {
            local = known(reference.group(1)) + reference.group(2);
        }
        int question = local.indexOf('?');
        String path = question < 0 ? local : local.substring(0, question);
        Map<String, String> query = query(question < 0 ? "" : local.substring(question + 1));
        outer.parameter("tag").ifPresent(tag -> query.putIfAbsent("tag", tag));
        String body = BODY_REFERENCE.matcher(inside.content()).replaceAll(found ->
            Matcher.quoteReplacement(found.group(1) + "/" + known(found.group(2))));
        return new Request(start[0], "/api/data/v9.2/" + decode(path), query, headers, body.getBytes(StandardCharsets.UTF_8));
    }

    private String known(String contentId) {
        String address = created.get(contentId);
        if (address == null) {
            throw Refusal.query("Content-ID Reference: '$" + contentId + "' does not exist in the batch context.");
        }
        return address;
    }

    private static Map<String, String> query(String text) {
        Map<String, String> query = new LinkedHashMap<>();
        for (String pair : text.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                query.put(URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8),
                    URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return query;
    }

    private static String decode(String path) {
        return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static List<Part> parts(String contentType, String body) {
        Matcher boundary = BOUNDARY.matcher(contentType);
        if (!boundary.matches()) {
            throw Refusal.query("A batch and its change sets are multipart/mixed with a boundary, not '" + contentType + "'.");
        }
        if (!body.contains("\r\n")) {
            throw Refusal.query("The lines of a batch end with CR LF.");
        }
        List<Part> parts = new ArrayList<>();
        String[] pieces = ("\r\n" + body).split(Pattern.quote("\r\n--" + boundary.group(1)));
        for (int i = 1; i < pieces.length && !pieces[i].startsWith("--"); i++) {
            int line = pieces[i].indexOf("\r\n");
            parts.add(part(line < 0 ? "" : pieces[i].substring(line + 2)));
        }
        if (parts.isEmpty()) {
            throw Refusal.query("The batch has no part between its boundaries '" + boundary.group(1) + "'.");
        }
        return parts;
    }

    /** Splits headers from what follows. */
    private static Part part(String text) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        String rest = text;
        while (!rest.startsWith("\r\n") && rest.contains("\r\n")) {
            int end = rest.indexOf("\r\n");
            int colon = rest.indexOf(':');
            if (colon < 0 || colon > end) {
                break;
            }
            headers.merge(rest.substring(0, colon).trim(), rest.substring(colon + 1, end).trim(), (a, b) -> a + ", " + b);
            rest = rest.substring(end + 2);
        }
        return new Part(headers, rest.startsWith("\r\n") ? rest.substring(2) : rest);
    }

    private static void write(StringBuilder answer, String boundary, String contentId, Reply reply) {
        answer.append("--").append(boundary).append("\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n");
        if (contentId != null) {
            answer.append("Content-ID: ").append(contentId).append("\r\n");
        }
        answer.append("\r\nHTTP/1.1 ").append(HttpResponseStatus.valueOf(reply.status())).append("\r\n");
        reply.headers().forEach((name, value) -> answer.append(name).append(": ").append(value).append("\r\n"));
        answer.append("\r\n").append(reply.text()).append("\r\n");
    }
}
