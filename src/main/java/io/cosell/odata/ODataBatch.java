package io.cosell.odata;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;

/**
 * Writes and reads OData {@code $batch} bodies (multipart/mixed; contract dataverse.md, section 3.5). Bean {@code odataBatch} in the
 * adapters. Without state.
 */
public final class ODataBatch {

    private static final ObjectMapper JSON = JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();
    private static final TypeReference<List<Map<String, Object>>> DOCUMENTS = new TypeReference<>() { };
    private static final String CRLF = "\r\n";
    private static final Pattern BOUNDARY = Pattern.compile("boundary=\"?([^\";]+)\"?", Pattern.CASE_INSENSITIVE);
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.1 (\\d{3})[^\\r\\n]*");

    /**
     * Writes a batch. Writes that follow each other form one change set, which happens whole or not at all; reads stand alone.
     *
     * @param operations each a document with {@code method}, {@code url} (relative to {@code root}) and, where wanted, {@code headers}
     *                   (a map) and {@code body} (written as JSON). The n-th write may be named {@code $n} in later ones
     * @param root       path of the service, such as {@code /api/data/v9.2}
     * @param exchange   gets the body, and the boundary as its content type
     */
    public void write(@Body List<?> operations, @Header("batchRoot") String root, Exchange exchange) {
        String batch = "batch_" + UUID.randomUUID();
        StringBuilder text = new StringBuilder();
        int contentId = 0;
        String changeSet = null;
        for (Map<String, Object> operation : JSON.convertValue(operations, DOCUMENTS)) {
            boolean read = operation.get("method").equals("GET");
            if (changeSet != null && read) {
                text.append("--").append(changeSet).append("--").append(CRLF);
                changeSet = null;
            }
            if (!read && changeSet == null) {
                changeSet = "changeset_" + UUID.randomUUID();
                text.append("--").append(batch).append(CRLF)
                    .append("Content-Type: multipart/mixed; boundary=").append(changeSet).append(CRLF).append(CRLF);
            }
            text.append("--").append(read ? batch : changeSet).append(CRLF)
                .append("Content-Type: application/http").append(CRLF)
                .append("Content-Transfer-Encoding: binary").append(CRLF);
            if (!read) {
                text.append("Content-ID: ").append(++contentId).append(CRLF);
            }
            text.append(CRLF);
            writeRequest(text, operation, root);
        }
        if (changeSet != null) {
            text.append("--").append(changeSet).append("--").append(CRLF);
        }
        text.append("--").append(batch).append("--").append(CRLF);
        exchange.getMessage().setBody(text.toString().getBytes(StandardCharsets.UTF_8));
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "multipart/mixed; boundary=" + batch);
    }

    private static void writeRequest(StringBuilder text, Map<String, Object> operation, String root) {
        String url = (String) operation.get("url");
        text.append(operation.get("method")).append(' ').append(url.startsWith("$") ? url : root + "/" + url)
            .append(" HTTP/1.1").append(CRLF).append("Accept: application/json").append(CRLF);
        if (operation.get("headers") instanceof Map<?, ?> headers) {
            headers.forEach((name, value) -> text.append(name).append(": ").append(value).append(CRLF));
        }
        if (operation.get("body") != null) {
            try {
                text.append("Content-Type: application/json").append(CRLF).append(CRLF)
                    .append(JSON.writeValueAsString(operation.get("body")));
            } catch (JsonProcessingException e) {
                throw new IllegalArgumentException("The body of " + operation.get("method") + " " + url + " can't be written as JSON.", e);
            }
        } else {
            text.append(CRLF);
        }
        text.append(CRLF);
    }

    /**
     * Reads the answer to a batch.
     *
     * @param body        the multipart answer
     * @param contentType its content type, with the boundary
     * @return one map for each answered operation, in order: {@code status} (integer), {@code headers} (names in lower case) and
     *         {@code body} (parsed JSON, null if empty). A change set that failed is one answer
     */
    public List<Map<String, Object>> read(String body, String contentType) {
        List<Map<String, Object>> answers = new ArrayList<>();
        readParts(body, contentType, answers);
        return answers;
    }

    /** The path of a service's address, such as {@code /api/data/v9.2}. */
    public String root(String address) {
        return URI.create(address).getPath().replaceFirst("/$", "");
    }

    /** The first answer with an error status; null if all went well. */
    public Map<String, Object> firstFailure(List<Map<String, Object>> answers) {
        return answers.stream().filter(answer -> (Integer) answer.get("status") >= 400).findFirst().orElse(null);
    }

    /**
     * The bodies of the answers, by the names of their operations.
     *
     * @param operations what was written, see {@link #write}; a member {@code name} names the answer
     * @param answers    what was read, one for each operation
     */
    public Map<String, Object> byName(List<?> operations, List<Map<String, Object>> answers) {
        if (operations.size() != answers.size()) {
            throw new IllegalArgumentException("A batch of " + operations.size() + " operations got " + answers.size() + " answers.");
        }
        Map<String, Object> bodies = new LinkedHashMap<>();
        List<Map<String, Object>> written = JSON.convertValue(operations, DOCUMENTS);
        for (int i = 0; i < written.size(); i++) {
            if (written.get(i).get("name") instanceof String name) {
                bodies.put(name, answers.get(i).get("body"));
            }
        }
        return bodies;
    }

    private static void readParts(String text, String contentType, List<Map<String, Object>> answers) {
        Matcher boundary = BOUNDARY.matcher(contentType == null ? "" : contentType);
        if (!boundary.find()) {
            throw new IllegalArgumentException("The answer to a batch names no boundary in its content type.");
        }
        String[] parts = text.split(Pattern.quote("--" + boundary.group(1)));
        for (int i = 1; i < parts.length && !parts[i].startsWith("--"); i++) {
            String part = parts[i].stripLeading();
            int end = endOfHead(part);
            Map<String, String> head = headers(part.substring(0, end));
            String rest = part.substring(end);
            String type = head.getOrDefault("content-type", "");
            if (type.startsWith("multipart/mixed")) {
                readParts(rest, type, answers);
            } else {
                answers.add(readAnswer(rest));
            }
        }
    }

    private static Map<String, Object> readAnswer(String text) {
        Matcher status = STATUS_LINE.matcher(text);
        if (!status.find()) {
            throw new IllegalArgumentException("A part of the answer to a batch has no HTTP status line.");
        }
        String answered = text.substring(status.end());
        int end = endOfHead(answered);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("status", Integer.valueOf(status.group(1)));
        answer.put("headers", headers(answered.substring(0, end)));
        String body = answered.substring(end).strip();
        try {
            answer.put("body", body.isEmpty() ? null : JSON.readValue(body, Object.class));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("A part of the answer to a batch is not JSON.", e);
        }
        return answer;
    }

    /** Where a head ends that a blank line follows; the end of the text if none does. Long answers are read often: no regular expression. */
    private static int endOfHead(String text) {
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) {
            if (text.startsWith("\n", end + 1) || text.startsWith("\r\n", end + 1)) {
                return end;
            }
        }
        return text.length();
    }

    private static Map<String, String> headers(String head) {
        Map<String, String> headers = new LinkedHashMap<>();
        head.lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(line.substring(0, colon).strip().toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
            }
        });
        return headers;
    }
}
