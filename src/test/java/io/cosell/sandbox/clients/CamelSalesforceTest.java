package io.cosell.sandbox.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.sandbox.Call;
import io.cosell.sandbox.SandboxClock;
import io.cosell.sandbox.SandboxSystem;
import io.cosell.sandbox.salesforce.SalesforceOptions;
import io.cosell.sandbox.salesforce.SalesforceSandbox;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.salesforce.AuthenticationType;
import org.apache.camel.component.salesforce.SalesforceComponent;
import org.apache.camel.component.salesforce.SalesforceEndpointConfig;
import org.apache.camel.component.salesforce.api.SalesforceException;
import org.apache.camel.component.salesforce.api.dto.RestError;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Apache Camel's own client of Salesforce, with raw payloads, against the Salesforce sandbox: salesforce.md 4.2 says how it is pointed at
 * it and what it asks of the answers.
 */
class CamelSalesforceTest {

    private static final String VERSION = "/services/data/v60.0";

    private final SandboxClock clock = new SandboxClock();
    private final SalesforceSandbox sandbox = new SalesforceSandbox(clock,
        SalesforceOptions.defaults().withDailyCalls(100_000));
    private final DefaultCamelContext camel = new DefaultCamelContext();
    private ProducerTemplate client;

    @BeforeEach
    void start() {
        sandbox.start(0);
        signIn(component -> component.setLoginUrl(sandbox.address()));
    }

    private void signIn(Consumer<SalesforceComponent> addresses) {
        SalesforceComponent component = new SalesforceComponent();
        component.setAuthenticationType(AuthenticationType.CLIENT_CREDENTIALS);
        component.setClientId("sandbox-client");
        component.setClientSecret("sandbox-secret");
        addresses.accept(component);
        SalesforceEndpointConfig config = new SalesforceEndpointConfig();
        config.setApiVersion("60.0");
        config.setRawPayload(true);
        component.setConfig(config);
        camel.addComponent("salesforce", component);
        camel.start();
        client = camel.createProducerTemplate();
    }

    @AfterEach
    void stop() {
        camel.stop();
        sandbox.close();
    }

    private JsonNode call(String operation, Object body, Map<String, Object> headers) {
        String answer = client.requestBodyAndHeaders("salesforce:" + operation, body, headers, String.class);
        try {
            return SandboxSystem.JSON.readTree(answer);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(answer, e);
        }
    }

    private JsonNode call(String operation, Object body) {
        return call(operation, body, Map.of());
    }

    /** For operations that are answered with 204: the client hands back what it was given. */
    private void tell(String operation, Object body, Map<String, Object> headers) {
        client.requestBodyAndHeaders("salesforce:" + operation, body, headers);
    }

    private String newDeal(String name) {
        return call("createSObject?sObjectName=Opportunity", """
            {"Name": "%s", "StageName": "Prospecting", "CloseDate": "2026-12-31"}""".formatted(name)).path("id").asText();
    }

    private SalesforceException refusal(String operation, Object body) {
        Throwable thrown = catchThrowable(() -> call(operation, body));
        assertThat(thrown).isInstanceOf(CamelExecutionException.class).hasCauseInstanceOf(SalesforceException.class);
        return (SalesforceException) thrown.getCause();
    }

    /** Section 1: the client cuts the organisation out of {@code id} and does not start without it. */
    @Test
    void itSignsInOnceWithClientCredentials() {
        call("query", "SELECT Id FROM Opportunity");
        call("query", "SELECT Id FROM Account");

        assertThat(sandbox.calls()).filteredOn(Call::isToken).extracting(Call::status).containsExactly(200);
    }

    /** Section 4.2: both addresses are given, as host names; the client signs in at the second and sends its calls there. */
    @Test
    void itIsPointedAtTheSandboxByHostName() {
        camel.removeComponent("salesforce");
        signIn(component -> {
            String byName = sandbox.address().replace("127.0.0.1", "localhost");
            component.setLoginUrl(byName);
            component.setInstanceUrl(byName);
        });
        sandbox.forgetCalls();

        assertThat(call("query", "SELECT Id FROM Opportunity").path("totalSize").asInt()).isZero();

        assertThat(sandbox.calls()).extracting(Call::status).containsExactly(200);
    }

    /** Section 1: errors of the token endpoint are objects. */
    @Test
    void aWrongSecretIsToldApart() {
        SalesforceComponent component = camel.getComponent("salesforce", SalesforceComponent.class);
        component.getLoginConfig().setClientSecret("wrong");

        assertThatThrownBy(() -> component.getSession().login(component.getSession().getAccessToken()))
            .isInstanceOf(SalesforceException.class).hasMessageContaining("invalid_client");
    }

    /** Section 3.1. */
    @Test
    void aRecordIsMadeReadChangedAndDeleted() {
        String id = newDeal("Made");
        assertThat(id).matches("006[a-zA-Z0-9]{15}");

        JsonNode record = call("getSObject?sObjectName=Opportunity&sObjectFields=Name,StageName,IsClosed", id);
        assertThat(record.at("/attributes/url").asText()).isEqualTo(VERSION + "/sobjects/Opportunity/" + id);
        assertThat(record.path("Name").asText()).isEqualTo("Made");

        tell("updateSObject?sObjectName=Opportunity", "{\"StageName\": \"Closed Won\"}", Map.of("sObjectId", id));
        record = call("getSObject?sObjectName=Opportunity&sObjectFields=Name,IsWon", id);
        assertThat(record.path("IsWon").booleanValue()).isTrue();
        assertThat(record.path("Name").asText()).isEqualTo("Made");

        tell("deleteSObject?sObjectName=Opportunity", id, Map.of());
        SalesforceException gone = refusal("getSObject?sObjectName=Opportunity&sObjectFields=Name", id);
        assertThat(gone.getStatusCode()).isEqualTo(404);
        assertThat(gone.getErrors()).extracting(RestError::getErrorCode).containsExactly("ENTITY_IS_DELETED");
    }

    /** Section 3.1: 201 for a new record, 200 for one that is there. */
    @Test
    void upsertByExternalIdMakesThenChangesTheSameRecord() {
        String upsert = "upsertSObject?sObjectName=Opportunity&sObjectIdName=Referral_Identifier__c";
        String deal = "{\"Name\": \"%s\", \"StageName\": \"Prospecting\", \"CloseDate\": \"2026-12-31\"}";

        JsonNode made = call(upsert, deal.formatted("New"), Map.of("sObjectIdValue", "R-1"));
        JsonNode changed = call(upsert, deal.formatted("Changed"), Map.of("sObjectIdValue", "R-1"));

        assertThat(made.path("created").booleanValue()).isTrue();
        assertThat(changed.path("created").booleanValue()).isFalse();
        assertThat(changed.path("id").asText()).isEqualTo(made.path("id").asText());
        JsonNode record = call("getSObjectWithId?sObjectName=Opportunity&sObjectIdName=Referral_Identifier__c", "R-1");
        assertThat(record.path("Name").asText()).isEqualTo("Changed");
    }

    /** Section 3.1: several records with the same external id. */
    @Test
    void upsertByAnExternalIdThatTwoRecordsHaveIsRefusedWithTheirAddresses() {
        for (int i = 0; i < 2; i++) {
            call("createSObject?sObjectName=Opportunity", """
                {"Name": "Twin", "StageName": "Prospecting", "CloseDate": "2026-12-31", "Referral_Identifier__c": "R-2"}""");
        }

        Throwable thrown = catchThrowable(() -> call("upsertSObject?sObjectName=Opportunity&sObjectIdName=Referral_Identifier__c",
            "{\"Name\": \"x\"}", Map.of("sObjectIdValue", "R-2")));

        assertThat(thrown.getCause()).isInstanceOf(SalesforceException.class);
        assertThat(((SalesforceException) thrown.getCause()).getStatusCode()).isEqualTo(300);
        assertThat(call("query", "SELECT Id FROM Opportunity WHERE Name = 'Twin'").path("totalSize").asInt()).isEqualTo(2);
    }

    /** Section 3.2: pages of 2,000, each naming the next. */
    @Test
    void queryMoreIsFollowedToTheEnd() {
        int all = 4321;
        for (int i = 0; i < all; i++) {
            sandbox.create("Opportunity", Map.of("Name", "Deal " + i, "StageName", "Prospecting", "CloseDate", "2026-12-31"));
        }

        JsonNode page = call("query", "SELECT Id, Name FROM Opportunity ORDER BY Id");
        Set<String> ids = new HashSet<>(page.findValuesAsText("Id"));
        int pages = 1;
        while (!page.path("done").booleanValue()) {
            assertThat(page.path("totalSize").asInt()).isEqualTo(all);
            assertThat(page.path("nextRecordsUrl").asText()).matches(VERSION + "/query/01g[a-zA-Z0-9]+-\\d+");
            page = call("queryMore", page.path("nextRecordsUrl").asText());
            ids.addAll(page.findValuesAsText("Id"));
            pages++;
        }

        assertThat(pages).isEqualTo(3);
        assertThat(ids).hasSize(all);
        assertThat(page.has("nextRecordsUrl")).isFalse();
    }

    /** Section 3.2. */
    @Test
    void queryAllShowsDeletedRecordsToo() {
        String id = newDeal("Gone");
        tell("deleteSObject?sObjectName=Opportunity", id, Map.of());

        assertThat(call("query", "SELECT Id FROM Opportunity WHERE Name = 'Gone'").path("records")).isEmpty();
        assertThat(call("queryAll", "SELECT Id FROM Opportunity WHERE Name = 'Gone'").at("/records/0/Id").asText()).isEqualTo(id);
    }

    /** Section 3.3: the whole composite goes as one call. */
    @Test
    void aCompositeRequestHandsIdsOn() {
        JsonNode answer = call("composite", """
            {"allOrNone": true, "compositeRequest": [
              {"method": "POST", "url": "%1$s/sobjects/Account", "referenceId": "account", "body": {"Name": "Contoso"}},
              {"method": "POST", "url": "%1$s/sobjects/Opportunity", "referenceId": "deal", "body":
                {"Name": "Deal", "StageName": "Prospecting", "CloseDate": "2026-12-31", "AccountId": "@{account.id}"}}]}
            """.formatted(VERSION));

        assertThat(answer.path("compositeResponse")).extracting(part -> part.path("httpStatusCode").asInt()).containsExactly(201, 201);
        String deal = answer.at("/compositeResponse/1/body/id").asText();
        assertThat(call("getSObject?sObjectName=Opportunity&sObjectFields=AccountId", deal).path("AccountId").asText())
            .isEqualTo(answer.at("/compositeResponse/0/body/id").asText());
    }

    /** Section 3.6. */
    @Test
    void limitsTellTheCallsThatAreLeft() {
        JsonNode limits = call("limits", null);

        assertThat(limits.at("/DailyApiRequests/Max").asInt()).isEqualTo(100_000);
        assertThat(limits.at("/DailyApiRequests/Remaining").asInt()).isBetween(99_000, 99_999);
    }

    /** Section 3.1: metadata, and the recently used. */
    @Test
    void versionsObjectsAndDescriptionsAreRead() {
        assertThat(call("getVersions", null)).extracting(version -> version.path("version").asText()).contains("60.0");
        assertThat(call("getGlobalObjects", null).path("sobjects")).extracting(object -> object.path("name").asText())
            .contains("Opportunity", "Microsoft_Solutions__c");
        JsonNode description = call("getDescription?sObjectName=Opportunity", null);
        assertThat(description.path("fields")).extracting(field -> field.path("name").asText()).contains("Referral_Identifier__c");
    }

    /** Section 3.7: the client has no operation for it, its raw one reaches it. */
    @Test
    void updatedRecordsAreReachedByTheRawOperation() {
        LocalDateTime start = LocalDateTime.ofInstant(clock.instant(), ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS).withSecond(1);
        String id = newDeal("Updated");
        clock.move(Duration.ofMinutes(10));

        JsonNode answer = call("raw?format=JSON&rawMethod=GET&rawQueryParameters=start,end&rawPath=" + VERSION
            + "/sobjects/Opportunity/updated/", null, Map.of("start", start + "+00:00", "end", start.plusMinutes(5) + "+00:00"));

        assertThat(answer.path("ids")).extracting(JsonNode::asText).containsExactly(id);
        assertThat(answer.path("latestDateCovered").asText()).endsWith("+0000");
    }

    /** Section 3.5: errors are lists with code, message and fields. */
    @Test
    void errorsKeepTheirStatusCodeMessageAndFields() {
        SalesforceException missing = refusal("createSObject?sObjectName=Contact", "{\"FirstName\": \"Ada\"}");

        assertThat(missing.getStatusCode()).isEqualTo(400);
        assertThat(missing.getErrors()).singleElement().satisfies(error -> {
            assertThat(error.getErrorCode()).isEqualTo("REQUIRED_FIELD_MISSING");
            assertThat(error.getMessage()).isEqualTo("Required fields are missing: [LastName]");
            assertThat(error.getFields()).isEqualTo(List.of("LastName"));
        });
        assertThat(refusal("query", "SELECT Nothing FROM Opportunity").getErrors()).extracting(RestError::getErrorCode)
            .containsExactly("INVALID_FIELD");
    }

    /** Section 1: there is no life time in the answer, so a session is renewed when a call is refused with 401. */
    @Test
    void anExpiredSessionIsRenewedAndTheCallRepeated() {
        String id = newDeal("Before");
        sandbox.expireSessions();
        sandbox.forgetCalls();

        assertThat(call("getSObject?sObjectName=Opportunity&sObjectFields=Name", id).path("Name").asText()).isEqualTo("Before");

        assertThat(sandbox.calls()).extracting(Call::status).containsExactly(401, 200, 200);
        assertThat(sandbox.calls().get(1).isToken()).isTrue();
    }
}
