package io.cosell.sandbox.dataverse;

import io.cosell.sandbox.Reply;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A request Dataverse refuses, with the body of section 4.2. Rolls back the transaction it is thrown in. */
final class Refusal extends RuntimeException {

    private static final String ANNOTATION = "Microsoft.PowerApps.CDS.";

    private final int status;
    private final String code;

    Refusal(int status, String code, String message) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
    }

    /** 400: unknown column or navigation property, or a query that can't be read. */
    static Refusal query(String message) {
        return new Refusal(400, "0x80060888", message);
    }

    static Refusal unknownProperty(String property, Table table) {
        return query("Could not find a property named '" + property + "' on type 'Microsoft.Dynamics.CRM." + table.name() + "'.");
    }

    /** 400: a JSON property of the wrong type. */
    static Refusal payload(String message) {
        return new Refusal(400, "0x80048d19", "Error identified in Payload provided by the user: " + message);
    }

    /** 400 as a plug-in answers: business rules and mandatory columns. */
    static Refusal rule(String message) {
        return new Refusal(400, "0x80040265", message);
    }

    static Refusal missing(Table table, String id) {
        return new Refusal(404, "0x80040217", table.name() + " With Id = " + id + " Does Not Exist");
    }

    /** 501: outside what the sandbox simulates. */
    static Refusal unsupported(String what) {
        return new Refusal(501, "0x80040800", "The Dataverse sandbox does not simulate " + what + ".");
    }

    Reply reply() {
        return reply(List.of());
    }

    /**
     * The answer.
     *
     * @param annotations patterns of the annotations the caller asked for: more details come as members of {@code error} (section 4.2)
     */
    Reply reply(List<Pattern> annotations) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("code", code);
        error.put("message", getMessage());
        details().forEach((name, value) -> {
            if (annotations.stream().anyMatch(pattern -> pattern.matcher(name).matches())) {
                error.put("@" + name, value);
            }
        });
        return Reply.json(status, Map.of("error", error));
    }

    private Map<String, String> details() {
        Map<String, String> details = new LinkedHashMap<>();
        details.put(ANNOTATION + "ErrorDetails.HttpStatusCode", Integer.toString(status));
        details.put(ANNOTATION + "HelpLink", "http://go.microsoft.com/fwlink/?LinkID=398563&error=" + code);
        details.put(ANNOTATION + "TraceText", "[dataverse sandbox] " + getMessage());
        details.put(ANNOTATION + "InnerError.Message", getMessage());
        return details;
    }
}
