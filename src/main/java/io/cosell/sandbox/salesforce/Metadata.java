package io.cosell.sandbox.salesforce;

import io.cosell.sandbox.CallKind;
import io.cosell.sandbox.Reply;
import io.cosell.sandbox.Request;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the API tells of itself: versions, resources, objects and their fields (section 3.1). */
final class Metadata {

    /** The versions listed, oldest first; any other is taken as well (section 1). */
    private static final Map<Integer, String> VERSIONS = versionNames();

    private final Org org;

    Metadata(Org org) {
        this.org = org;
    }

    private static Map<Integer, String> versionNames() {
        Map<Integer, String> names = new LinkedHashMap<>();
        String[] seasons = {"Winter", "Spring", "Summer"};
        for (int number = 46; number <= 66; number++) { // 66 is Spring '26, 46 is Summer '19
            int season = (number - 64 + 66) % 3; // 64 is Summer '25
            names.put(number, seasons[(season + 2) % 3]);
        }
        return names;
    }

    static boolean isVersionList(Request request) {
        return request.method().equals("GET") && (request.path() + "/").replace("//", "/").equals(Api.DATA);
    }

    /** The answer to {@code /services/data}, which needs no session. */
    static Reply versions() {
        return Reply.json(200, List.of());
    }

    /** The lines of the API's table. */
    List<Resource> resources() {
        return List.of(
            new Resource("GET", "/sobjects", CallKind.OTHER, this::objects),
            new Resource("GET", "/sobjects/{object}/describe", CallKind.OTHER, this::describe));
    }

    private Reply objects(ApiCall call, Map<String, String> parts) {
        return Reply.json(200, List.of());
    }

    private Reply describe(ApiCall call, Map<String, String> parts) {
        return Reply.json(200, new ArrayList<>());
    }
}
