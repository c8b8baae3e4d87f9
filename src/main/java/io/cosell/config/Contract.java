package io.cosell.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/**
 * What documents hold and what an adapter must offer, read from a file of the program.
 *
 * @param verbs    the names of the {@code direct:} endpoints an adapter must have
 * @param referral members of a referral beside the fields that travel, JSON Pointers
 * @param inside   members of the fields that are taken as a whole, JSON Pointers
 * @param record   members that an "in" spec of a CRM may make
 * @param received members that the spec of a referral may make
 * @param written  members that an "out" spec of a CRM gets
 * @param created  members that the specs of a new referral get
 * @param statuses the substatuses of each status
 */
record Contract(List<String> verbs, List<String> referral, List<String> inside, List<String> record, List<String> received,
                List<String> written, List<String> created, Map<String, List<String>> statuses) {

    private static final String FILE = "/contract/documents.yaml";

    static Contract load() {
        try (InputStream in = Contract.class.getResourceAsStream(FILE)) {
            JsonNode file = new YAMLMapper().readTree(in);
            Map<String, List<String>> statuses = new LinkedHashMap<>();
            file.path("statuses").properties().forEach(status -> statuses.put(status.getKey(), texts(status.getValue())));
            return new Contract(texts(file.path("verbs")), texts(file.path("referral")), texts(file.path("inside")),
                texts(file.path("record")), texts(file.path("received")), texts(file.path("written")), texts(file.path("created")), statuses);
        } catch (IOException e) {
            throw new UncheckedIOException("The contract of documents can't be read from the program", e);
        }
    }

    private static List<String> texts(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText).toList();
    }
}
