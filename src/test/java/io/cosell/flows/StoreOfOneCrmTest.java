package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cosell.ConfigurationException;
import io.cosell.Connector;
import io.cosell.store.Link;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store holds links to records of one CRM. To another these would look deleted, and their links would end. */
class StoreOfOneCrmTest {

    @TempDir
    Path folder;
    @TempDir
    Path other;

    @Test
    void anotherCrmNeedsAStoreOfItsOwn() {
        try (Stage stage = Stage.open(folder, Map.of())) {
            String referral = stage.receivedDeal("Linked with Dynamics 365");
            List<Link> before = stage.links();
            Map<String, String> settings = new HashMap<>(stage.sandboxes.settings(folder, "salesforce"));
            settings.put("camel.main.name", "another-crm");
            settings.put("cosell.store.url", stage.settings.get("cosell.store.url"));

            assertThatThrownBy(() -> Connector.start(folder, settings, Connector.Purpose.COMMAND)).isInstanceOf(ConfigurationException.class)
                .hasMessageContainingAll("cosell.crm", "records of dynamics365", "give salesforce a store of its own");

            assertThat(stage.links()).isEqualTo(before);
            assertThat(stage.link(referral).state()).isEqualTo("linked");
            settings.put("cosell.store.url", "jdbc:sqlite:" + other.resolve("salesforce.db"));
            try (Connector connector = Connector.start(other, settings, Connector.Purpose.COMMAND)) {
                assertThat(connector.store().recordsOf("dynamics365")).as("without records it may still change").isEqualTo("dynamics365");
            }
        }
    }
}
