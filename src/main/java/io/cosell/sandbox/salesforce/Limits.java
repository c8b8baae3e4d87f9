package io.cosell.sandbox.salesforce;

import io.cosell.sandbox.CallKind;
import io.cosell.sandbox.Reply;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The resource {@code /limits} (section 3.6): of the many limits of an organisation, the one that is kept here. */
final class Limits {

    private final Usage usage;

    Limits(Usage usage) {
        this.usage = usage;
    }

    List<Resource> resources() {
        return List.of(new Resource("GET", "/limits", CallKind.OTHER, (call, parts) -> {
            Map<String, Object> calls = new LinkedHashMap<>();
            calls.put("Max", usage.most());
            calls.put("Remaining", usage.most() - usage.used());
            return Reply.json(200, Map.of("DailyApiRequests", calls));
        }));
    }
}
