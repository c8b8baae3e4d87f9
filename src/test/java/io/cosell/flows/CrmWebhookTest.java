package io.cosell.flows;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Changes that the CRM announces by its own webhook. No poll comes in time: the schedule is once a year. */
@SharedStage(settings = {"cosell.crm-webhook.key=" + CrmWebhookTest.KEY, "cosell.crm-changes.schedule=0 0 3 1 1 ?"})
class CrmWebhookTest {

    static final String KEY = "a-long-shared-secret";

    static Stage stage;
    static Seller seller;
    static String url;

    @BeforeAll
    static void open(Stage opened) {
        stage = opened;
        seller = new Seller(stage);
        url = stage.sandboxes.connectorAddress() + "/dynamics365-events";
        stage.crm.registerWebhook(url, "x-cosell-key", KEY, Set.of("opportunity", "lead", "msft_microsoftsolution"));
    }

    @Test
    void announcedChangesTravelAtOnce() {
        String id = stage.sharedOpportunity("Announced deal", columns -> { });
        seller.changes(id, "estimatedvalue", 5150);

        stage.eventually(() -> seller.dealValue(id) == 5150);
        assertThat(seller.name(id)).isEqualTo("✔ Announced deal");
        assertThat(stage.crm.count(call -> call.method().equals("GET") && call.path().contains("/opportunities?")
            && !call.path().contains("modifiedon"))).as("polls; auto-heal, which runs at the start, asks by time").isZero();
    }

    @Test
    void announcedSolutionsTravelToo() {
        String id = stage.sharedOpportunity("Announced solutions", columns -> { });

        stage.solution(id, "SOL-15974-MQF");
        stage.eventually(() -> seller.solutions(id).size() == 2);

        stage.settled();
        String added = stage.crm.rows("msft_microsoftsolution").stream().filter(row -> id.equals(row.get("_msft_opportunityid_value")))
            .map(row -> (String) row.get("msft_microsoftsolutionid")).reduce((first, last) -> last).orElseThrow();
        stage.crm.delete("msft_microsoftsolution", added);
        stage.eventually(() -> seller.solutions(id).size() == 1);
    }

    @Test
    void aWrongKeyIsTurnedAway() throws Exception {
        assertThat(post("{\"PrimaryEntityName\":\"opportunity\"}", "another-key")).isEqualTo(401);
        assertThat(post("{\"PrimaryEntityName\":\"opportunity\"}", null)).isEqualTo(401);
        assertThat(refusals("The key of a webhook from the CRM is missing or wrong.")).isEqualTo(2);
    }

    @Test
    void whatIsNoAnnouncementIsTurnedAway() throws Exception {
        assertThat(post("{\"PrimaryEntity", KEY)).isEqualTo(400);
        assertThat(post("[]", KEY)).isEqualTo(400);
        assertThat(post("{}", KEY)).isEqualTo(400);
        assertThat(refusals("A webhook from the CRM could not be understood.")).isEqualTo(3);
    }

    /** Counted, not repeated: the same refusal within an hour is one entry. */
    private static int refusals(String reason) {
        return stage.store().journal().stream().filter(entry -> reason.equals(entry.get("reason")))
            .mapToInt(entry -> ((Number) entry.get("times")).intValue()).sum();
    }

    private static int post(String body, String key) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
        if (key != null) {
            request.header("x-cosell-key", key);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString()).statusCode();
    }
}
