package io.cosell.tinycrm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cosell.Connector;
import io.cosell.sandbox.Sandboxes;
import io.cosell.sandbox.partnercenter.ExampleReferrals;
import io.cosell.store.Link;
import io.cosell.store.Store;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The flows of the connector serve Tiny CRM as they are, both ways, with Partner Center's sandbox on the other side. */
class TinyCrmFlowTest {

    @TempDir
    Path folder;

    private final TinyCrm crm = new TinyCrm();
    private Sandboxes sandboxes;
    private Connector connector;

    @BeforeEach
    void start() {
        sandboxes = Sandboxes.start();
        Map<String, String> settings = new LinkedHashMap<>(sandboxes.settings(folder));
        settings.keySet().removeIf(name -> name.startsWith("cosell.dynamics365."));
        settings.putAll(crm.settings());
        settings.put("cosell.terminal-grace", "0s");
        settings.put("cosell.auto-heal.schedule", "0 0 0 1 1 ? 2099");
        settings.put("cosell.auto-heal.full-schedule", "0 0 0 1 1 ? 2099");
        connector = Connector.start(folder, settings, Connector.Purpose.SERVE, sandboxes.clock());
        connector.camel().requestBody("direct:webhook-registration", null, String.class);
    }

    @AfterEach
    void stop() {
        connector.close();
        sandboxes.close();
        crm.close();
    }

    private void eventually(Callable<Boolean> condition) {
        try {
            await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(50)).ignoreExceptions().until(condition);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(e.getMessage() + store().journal().stream().map(entry -> "\n  " + entry).collect(Collectors.joining()), e);
        }
    }

    private Link link(String anyId) {
        return store().find(anyId).orElseThrow();
    }

    private Store store() {
        return connector.store();
    }

    private void settled() {
        eventually(() -> {
            int events = sandboxes.partnerCenter().deliveries().size();
            sandboxes.partnerCenter().awaitDelivered();
            return store().markedLinks().isEmpty() && sandboxes.partnerCenter().deliveries().size() == events;
        });
    }

    @Test
    void aReferralBecomesADealAndItsChangesArrive() {
        Map<String, Object> deal = ExampleReferrals.outbound();
        deal.put("name", "Cloud migration");
        String referral = sandboxes.partnerCenter().partnerCreates(deal);
        eventually(() -> link(referral).state().equals("linked"));
        settled();

        String id = link(referral).recordId();
        assertThat(crm.deal(id)).containsEntry("title", "✔ Cloud migration").containsEntry("stage", "open")
            .containsEntry("referralId", referral).containsEntry("shareWithMicrosoft", true);
        assertThat(crm.deal(id).get("syncLog")).asString().contains("Made from the referral");
        assertThat(sandboxes.partnerCenter().referral(referral)).containsEntry("externalReferenceId", id);

        sandboxes.partnerCenter().partnerEdits(referral, Map.of("/name", "Cloud migration, phase 2"));
        eventually(() -> "✔ Cloud migration, phase 2".equals(crm.deal(id).get("title")));
        settled();
        assertThat(crm.deals()).as("nothing is doubled").hasSize(1);
    }

    @Test
    void aDealThatIsSharedBecomesAReferralAndItsChangesArrive() {
        String company = crm.sellerMakesCompany(Map.of("name", "Fabrikam", "street", "1 Main Street", "city", "Redmond", "state", "WA",
            "postcode", "98052", "country", "US"));
        String id = crm.sellerMakes(new LinkedHashMap<>(Map.of("title", "New business", "amount", 50000, "currency", "USD", "closesOn",
            "2031-03-31", "companyId", company, "products", List.of(Map.of("code", "SOL-34104-EBB", "name", "Migration")),
            "shareWithMicrosoft", true)));
        eventually(() -> link(id).state().equals("linked"));
        settled();

        String referral = link(id).referralId();
        assertThat(crm.deal(id)).containsEntry("referralId", referral).containsEntry("title", "✔ New business");
        assertThat(sandboxes.partnerCenter().referral(referral)).containsEntry("name", "New business").containsEntry("externalReferenceId", id);

        crm.sellerChanges(id, Map.of("title", "✔ New business, larger", "stage", "won"));
        eventually(() -> "Closed".equals(sandboxes.partnerCenter().referral(referral).get("status")));
        assertThat(sandboxes.partnerCenter().referral(referral)).containsEntry("name", "New business, larger").containsEntry("substatus", "Won");
    }

    @Test
    void aDeletedDealEndsItsLink() {
        String referral = sandboxes.partnerCenter().partnerCreates(ExampleReferrals.outbound());
        eventually(() -> link(referral).state().equals("linked"));
        settled();

        crm.sellerDeletes(link(referral).recordId());

        eventually(() -> link(referral).state().equals("ended"));
        assertThat(link(referral).reason()).contains("deleted in the CRM");
    }
}
