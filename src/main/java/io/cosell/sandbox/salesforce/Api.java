package io.cosell.sandbox.salesforce;

import io.cosell.sandbox.CallKind;
import io.cosell.sandbox.Caller;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Request;
import io.cosell.sandbox.Store;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The REST API below {@code /services/data/vNN.N}: a table of resources. The first line that fits answers, as one transaction. */
final class Api {

    static final String DATA = "/services/data/";

    private static final Pattern ADDRESS = Pattern.compile(DATA + "(v\\d{2,3}\\.\\d)(/.*)?");

    private final Store store;
    private final List<Resource> resources;

    Api(Store store, List<Resource> resources) {
        this.store = store;
        this.resources = List.copyOf(resources);
    }

    /** Answers a call of a signed-in caller; never throws a {@link Refusal}. */
    Reply answer(Request request, Caller by) {
        try {
            return store.transaction(() -> dispatch(request, by));
        } catch (Refusal refusal) {
            return refusal.reply();
        }
    }

    private Reply dispatch(Request request, Caller by) {
        Matcher address = address(request).orElseThrow(Refusal::notFound);
        String path = path(address);
        for (Resource resource : resources) {
            Optional<Map<String, String>> parts = resource.match(path);
            if (resource.method().equals(request.method()) && parts.isPresent()) {
                return resource.handler().answer(new ApiCall(request, address.group(1), path, by, this), parts.get());
            }
        }
        String allowed = resources.stream().filter(resource -> resource.match(path).isPresent()).map(Resource::method).distinct()
            .collect(Collectors.joining(","));
        if (allowed.isEmpty()) {
            throw Refusal.unsupported(request.method() + " " + request.path());
        }
        throw new Refusal(405, "METHOD_NOT_ALLOWED", "HTTP Method '" + request.method() + "' not allowed. Allowed are " + allowed);
    }

    /** What sort of call a request is. */
    CallKind kind(Request request) {
        return address(request).flatMap(address -> resources.stream()
            .filter(resource -> resource.method().equals(request.method()) && resource.match(path(address)).isPresent())
            .map(Resource::kind).findFirst()).orElse(CallKind.OTHER);
    }

    private static Optional<Matcher> address(Request request) {
        Matcher address = ADDRESS.matcher(request.path());
        return address.matches() ? Optional.of(address) : Optional.empty();
    }

    private static String path(Matcher address) {
        return address.group(2) == null ? "/" : address.group(2);
    }
}
