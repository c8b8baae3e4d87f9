package io.cosell.sandbox.dataverse;

import io.cosell.sandbox.CallKind;
import io.cosell.sandbox.Request;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says what sort of call an address is, without looking at any row. */
final class CallKinds {

    private static final Pattern ADDRESS = Pattern.compile("/api/data/v9\\.\\d+/([^/(]+)(\\(.*?\\))?(/.*)?", Pattern.DOTALL);
    private static final Set<String> REGISTRATION = Set.of("serviceendpoints", "sdkmessages", "sdkmessagefilters",
        "sdkmessageprocessingsteps", "sdkmessageprocessingstepimages");
    private static final Set<String> ACTIONS = Set.of("WinOpportunity", "LoseOpportunity", "PublishXml", "PublishAllXml");
    /** What is read of them are no rows; what is written changes the tables themselves. */
    private static final Set<String> DEFINITIONS = Metadata.SETS;

    private CallKinds() {
    }

    static CallKind of(Request request, Schema schema) {
        if (Tokens.isTokenRequest(request)) {
            return CallKind.SIGN_IN;
        }
        Matcher address = ADDRESS.matcher(request.path());
        if (!address.matches()) {
            return CallKind.OTHER;
        }
        String set = address.group(1);
        String below = address.group(3) == null ? "" : address.group(3);
        if (set.equals("$batch")) {
            return CallKind.BATCH;
        } else if (DEFINITIONS.contains(set)) {
            return request.method().equals("GET") ? CallKind.OTHER : CallKind.ACTION;
        } else if (ACTIONS.contains(set) || below.startsWith("/Microsoft.Dynamics.CRM.")) {
            return CallKind.ACTION;
        } else if (REGISTRATION.contains(set)) {
            return CallKind.REGISTRATION;
        }
        return schema.set(set).isEmpty() ? CallKind.OTHER : ofRows(request, address.group(2) != null, !below.isEmpty());
    }

    private static CallKind ofRows(Request request, boolean keyed, boolean below) {
        return switch (request.method()) {
            case "GET" -> {
                boolean changes = request.query().containsKey("$deltatoken")
                    || request.header("Prefer").filter(prefer -> prefer.contains("odata.track-changes")).isPresent();
                yield changes ? CallKind.CHANGES : keyed && !below ? CallKind.READ : CallKind.LIST;
            }
            // an upsert by alternate key may make a row; by id it hardly ever does
            case "POST" -> below ? CallKind.UPDATE : CallKind.CREATE;
            case "PATCH" -> request.path().contains("=") && request.header("If-Match").isEmpty() ? CallKind.CREATE : CallKind.UPDATE;
            case "PUT" -> CallKind.UPDATE;
            case "DELETE" -> below ? CallKind.UPDATE : CallKind.DELETE;
            default -> CallKind.OTHER;
        };
    }
}
