package io.cosell.benchmark;

import io.cosell.sandbox.CallKind;
import io.cosell.sandbox.Sandboxes;
import io.cosell.sandbox.dataverse.DataverseSandbox;
import io.cosell.sandbox.partnercenter.ExampleReferrals;
import io.cosell.sandbox.partnercenter.PartnerCenterSandbox;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.RequestOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/** Both systems, the people who use them, and Partner Center's events as fast as they are taken. */
final class World implements AutoCloseable {

    /** Requests on their way at a time. */
    private static final int CONCURRENCY = 16;
    private static final int ACCEPTED = 202;

    private final Sandboxes sandboxes = Sandboxes.start();
    private final Vertx vertx = Vertx.vertx();
    private final HttpClient http = vertx.createHttpClient(new HttpClientOptions().setMaxPoolSize(CONCURRENCY));
    private final HttpServer stub;
    private int changes;
    private int accounts;

    /** An event with its signature, made before time is taken. */
    record Event(byte[] body, String signature) {
    }

    World(String answer) {
        stub = vertx.createHttpServer().requestHandler(request -> request.body().onSuccess(body -> request.response()
            .putHeader("Content-Type", "application/json").end(answer)));
        stub.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().join();
        partnerCenter().dropWebhooks(true);
    }

    PartnerCenterSandbox partnerCenter() {
        return sandboxes.partnerCenter();
    }

    DataverseSandbox crm() {
        return sandboxes.dynamics365();
    }

    /** Settings of a connector on these sandboxes, whose schedules never come: the benchmark polls when it wants to. */
    Map<String, String> settings(Path folder) {
        Map<String, String> settings = new HashMap<>(sandboxes.settings(folder));
        settings.put("cosell.crm-changes.schedule", "0 0 0 1 1 ? 2099");
        settings.put("cosell.auto-heal.schedule", "0 0 0 1 1 ? 2099");
        settings.put("cosell.lanes.threads", "4"); // as shipped; the parts have to know it
        settings.put(Parts.STUB, "http://127.0.0.1:" + stub.actualPort() + "/");
        return settings;
    }

    // ---- people

    /** A deal of a customer of its own; returns the referral's id. */
    @SuppressWarnings("unchecked")
    String deal() {
        int number = ++changes;
        Map<String, Object> referral = ExampleReferrals.outbound();
        referral.put("name", "Deal " + number);
        Map<String, Object> customer = (Map<String, Object>) referral.get("customerProfile");
        customer.put("name", "Customer of deal " + number);
        ((List<Map<String, Object>>) customer.get("team")).get(0).put("email", "someone@customer" + number + ".example");
        return partnerCenter().partnerCreates(referral);
    }

    void editReferral(String id) {
        partnerCenter().partnerEdits(id, Map.of("/details/dealValue", 50_000 + ++changes));
    }

    void editRecord(String id) {
        crm().update("opportunity", id, Map.of("estimatedvalue", 50_000 + ++changes));
    }

    /** A complete opportunity that is to be shared; returns its id. */
    String sharedOpportunity(boolean withHelp) {
        int number = ++accounts;
        String account = crm().create("account", Map.of("name", "Account " + number, "address1_line1", "1 Main Street", "address1_city",
            "Redmond", "address1_postalcode", "98052", "address1_country", "US"));
        String contact = crm().create("contact", Map.of("firstname", "Carla", "lastname", "Customer", "emailaddress1",
            "carla@customer.example", "telephone1", "2065550199", "parentcustomerid_account@odata.bind", "/accounts(" + account + ")"));
        Map<String, Object> columns = new HashMap<>(Map.of("name", "Shared " + number, "description", "Notes", "estimatedvalue", 50_000,
            "estimatedclosedate", "2027-03-31", "customerid_account@odata.bind", "/accounts(" + account + ")",
            "parentcontactid@odata.bind", "/contacts(" + contact + ")", "transactioncurrencyid@odata.bind",
            "/transactioncurrencies(" + currency() + ")"));
        if (withHelp) {
            columns.put("msft_microsoftpartnercenterhelp", 299_600_000);
        }
        String id = crm().create("opportunity", columns);
        String detail = crm().rows("msft_microsoftsolutiondetail").stream().map(row -> (String) row.get("msft_microsoftsolutiondetailid"))
            .findFirst().orElseThrow();
        crm().create("msft_microsoftsolution", Map.of("msft_OpportunityId@odata.bind", "/opportunities(" + id + ")",
            "msft_SolutionDetailId@odata.bind", "/msft_microsoftsolutiondetails(" + detail + ")"));
        crm().update("opportunity", id, Map.of("msft_microsoftpartnercenterreferralsync", true));
        return id;
    }

    private String currency() {
        return crm().rows("transactioncurrency").stream().filter(row -> "USD".equals(row.get("isocurrencycode")))
            .map(row -> (String) row.get("transactioncurrencyid")).findFirst().orElseThrow();
    }

    // ---- events

    /** Signed events, one for each referral, each of another time than any before. */
    List<Event> events(List<String> referrals) {
        return referrals.stream().map(this::event).toList();
    }

    Event event(String referral) {
        byte[] body = """
            {"EventName": "referral-updated", "ResourceUri": "https://api.partnercenter.microsoft.com/engagements/v1/referrals/%s",
             "ResourceName": "referral", "AuditUri": null, "ResourceChangeUtcDate": "%s"}
            """.formatted(referral, Instant.now().plusNanos(1000L * ++changes)).getBytes(StandardCharsets.UTF_8);
        return new Event(body, "Signature " + partnerCenter().certificates().sign(body));
    }

    /** Sends events side by side and waits until all are acknowledged. */
    void send(List<Event> events, Histogram nanos) throws Exception {
        post(events.size(), number -> send(events.get(number)), nanos);
    }

    /** Sends one event and does not wait. The answer says whether it was acknowledged. */
    CompletableFuture<Void> send(Event event) {
        return post("/partner-center-events", Map.of("Content-Type", "application/json", "Authorization", event.signature(),
            "X-MS-Certificate-Url", partnerCenter().certificateAddress().toString(), "X-MS-Signature-Algorithm", "rsa-sha256"),
            event.body());
    }

    /** Sends as many requests to the route that does nothing. */
    void sendNothing(int requests) throws Exception {
        byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
        post(requests, number -> post(Parts.NOTHING, Map.of("Content-Type", "application/json"), body), new Histogram(3));
    }

    private CompletableFuture<Void> post(String path, Map<String, String> headers, byte[] body) {
        return http.request(new RequestOptions().setMethod(HttpMethod.POST).setAbsoluteURI(sandboxes.connectorAddress() + path))
            .compose(request -> {
                headers.forEach(request::putHeader);
                return request.send(Buffer.buffer(body));
            })
            .compose(answer -> answer.statusCode() == ACCEPTED ? Future.<Void>succeededFuture()
                : Future.<Void>failedFuture("The connector answered " + answer.statusCode() + " on " + path + "."))
            .toCompletionStage().toCompletableFuture();
    }

    private static void post(int requests, IntFunction<CompletableFuture<Void>> sender, Histogram nanos) throws Exception {
        Semaphore free = new Semaphore(CONCURRENCY);
        List<CompletableFuture<Void>> answers = new ArrayList<>(requests);
        for (int i = 0; i < requests; i++) {
            free.acquire();
            long start = System.nanoTime();
            answers.add(sender.apply(i).whenComplete((done, error) -> {
                synchronized (nanos) {
                    nanos.recordValue(System.nanoTime() - start);
                }
                free.release();
            }));
        }
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).join();
    }

    // ---- calls

    /** How many calls of each kind each system has answered so far, signing in left out. */
    Map<String, Long> calls() {
        Map<String, Long> calls = new HashMap<>();
        List.of(partnerCenter(), crm()).forEach(system -> system.counts().stream().filter(count -> count.kind() != CallKind.SIGN_IN)
            .forEach(count -> calls.merge(system.name() + " " + count.kind().name().toLowerCase(Locale.ROOT), count.calls(), Long::sum)));
        return calls;
    }

    /** The calls since then. */
    Map<String, Long> callsSince(Map<String, Long> before) {
        Map<String, Long> calls = new TreeMap<>();
        calls().forEach((kind, count) -> calls.put(kind, count - before.getOrDefault(kind, 0L)));
        calls.values().removeIf(count -> count == 0);
        return calls;
    }

    List<String> fresh(int deals) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < deals; i++) {
            ids.add(deal());
        }
        return ids;
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
        sandboxes.close();
    }
}
