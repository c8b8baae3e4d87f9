package io.cosell.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.cli.Tables;
import io.cosell.sandbox.dataverse.DataverseSandbox;
import io.cosell.sandbox.partnercenter.ExampleReferrals;
import io.cosell.sandbox.partnercenter.PartnerCenterOptions;
import io.cosell.sandbox.partnercenter.PartnerCenterSandbox;
import io.cosell.sandbox.salesforce.SalesforceSandbox;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;

/**
 * How long the sandboxes take to list, filter and poll with 20,000 referrals and 20,000 opportunities in each CRM, over HTTP, one call
 * at a time. Prints figures and asserts nothing. Run it with {@code mvn -q test-compile exec:java@benchmark-sandboxes}.
 */
public final class SandboxBenchmark implements AutoCloseable {

    private static final int DEALS = 20_000;
    private static final int WARM_UP = 50;
    private static final int MEASURED = 300;
    private static final double AIM_MS = 50;

    private final SandboxClock clock = new SandboxClock();
    private final PartnerCenterSandbox partnerCenter = new PartnerCenterSandbox(clock);
    private final DataverseSandbox dynamics365 = new DataverseSandbox(clock);
    private final SalesforceSandbox salesforce = new SalesforceSandbox(clock);
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    private final List<List<String>> figures = new ArrayList<>();

    /** One call to measure: what it is, and the request. */
    private record Probe(String system, String what, HttpRequest request) {
    }

    private SandboxBenchmark() {
        partnerCenter.start(0);
        dynamics365.start(0);
        salesforce.start(0);
    }

    /** Loads, measures, prints. */
    public static void main(String[] args) throws IOException, InterruptedException {
        try (SandboxBenchmark benchmark = new SandboxBenchmark()) {
            benchmark.run();
        }
    }

    private void run() throws IOException, InterruptedException {
        long started = System.nanoTime();
        List<String> referrals = load(this::referral);
        List<String> opportunities = load(this::opportunity);
        List<String> deals = load(this::salesforceOpportunity);
        out.printf(Locale.ROOT, "%,d referrals and twice %,d opportunities made in %.1f s.%n%n", referrals.size(), opportunities.size(),
            (System.nanoTime() - started) / 1e9);
        for (Probe probe : partnerCenterProbes(referrals.get(DEALS / 2))) {
            measure(probe);
        }
        for (Probe probe : dynamicsProbes(opportunities)) {
            measure(probe);
        }
        for (Probe probe : salesforceProbes(deals)) {
            measure(probe);
        }
        Tables.print(out, List.of("System", "Call", "Median ms", "99 % ms", "Bytes", "Within " + (int) AIM_MS + " ms"), figures,
            16, 44, 11, 10, 10, 14);
    }

    private static List<String> load(IntFunction<String> maker) {
        List<String> ids = new ArrayList<>(DEALS);
        for (int i = 0; i < DEALS; i++) {
            ids.add(maker.apply(i));
        }
        return ids;
    }

    private String referral(int number) {
        Map<String, Object> referral = ExampleReferrals.outbound();
        referral.put("name", "Deal " + number);
        return number % 4 == 0 ? partnerCenter.microsoftInvites(referral) : partnerCenter.partnerCreates(referral);
    }

    private String opportunity(int number) {
        return dynamics365.create("opportunity", Map.of("name", "Deal " + number, "estimatedvalue", number + 1,
            "msft_microsoftpartnercenterreferralidentifier", "referral-" + number, "description", "Notes of deal " + number));
    }

    private String salesforceOpportunity(int number) {
        return salesforce.create("Opportunity", Map.of("Name", "Deal " + number, "StageName", number % 5 == 0 ? "Prospecting" : "Qualification",
            "CloseDate", "2027-03-31", "Amount", number + 1, "Referral_Identifier__c", "referral-" + number, "Description",
            "Notes of deal " + number));
    }

    private List<Probe> partnerCenterProbes(String id) throws IOException, InterruptedException {
        PartnerCenterOptions.Account account = partnerCenter.options().account();
        String token = token(partnerCenter.address() + "/" + account.tenant() + "/oauth2/token", "grant_type=refresh_token&client_id="
            + account.clientId() + "&client_secret=" + account.clientSecret() + "&refresh_token=" + account.refreshToken()
            + "&resource=https%3A%2F%2Fapi.partner.microsoft.com");
        String list = partnerCenter.address() + PartnerCenterSandbox.REFERRALS;
        String engagement = (String) partnerCenter.referral(id).get("engagementId");
        Instant recently = Instant.parse((String) partnerCenter.referrals().get(DEALS - 10).get("updatedDateTime"));
        return List.of(
            probe("partner-center", "read one referral", list + "/" + id, token),
            probe("partner-center", "list, first page of 100", list, token),
            probe("partner-center", "list, page in the middle", list + "?$skip=10000&$top=100", token),
            probe("partner-center", "filter by engagement", list + "?$filter=" + encoded("engagementId eq '" + engagement + "'"), token),
            probe("partner-center", "filter by status, first page", list + "?$filter=" + encoded("status eq 'New'"), token),
            probe("partner-center", "poll by updatedDateTime", list + "?$filter=" + encoded("updatedDateTime ge " + recently)
                + "&$orderby=updatedDateTime", token));
    }

    private List<Probe> dynamicsProbes(List<String> ids) throws IOException, InterruptedException {
        String token = token(dynamics365.address() + "/contoso.example/oauth2/v2.0/token", "grant_type=client_credentials&client_id="
            + dynamics365.options().clientId() + "&client_secret=" + dynamics365.options().clientSecret() + "&scope="
            + encoded(dynamics365.address() + "/.default"));
        String set = dynamics365.address() + "/api/data/v9.2/opportunities";
        String delta = delta(set + "?$select=name,estimatedvalue,statecode", token);
        ids.subList(DEALS - 10, DEALS).forEach(id -> dynamics365.update("opportunity", id, Map.of("description", "changed")));
        return List.of(
            probe("dynamics365", "read one opportunity", set + "(" + ids.get(DEALS / 2) + ")", token),
            probe("dynamics365", "list, page of 100", set + "?$select=name,estimatedvalue", token, "Prefer", "odata.maxpagesize=100"),
            probe("dynamics365", "list, newest first, top 100", set + "?$select=name&$orderby=modifiedon%20desc&$top=100", token),
            probe("dynamics365", "filter by referral identifier", set + "?$select=name&$filter="
                + encoded("msft_microsoftpartnercenterreferralidentifier eq 'referral-10000'"), token),
            probe("dynamics365", "filter by value, page of 100", set + "?$select=name&$filter=" + encoded("estimatedvalue gt 15000"), token,
                "Prefer", "odata.maxpagesize=100"),
            probe("dynamics365", "list, full page of 5,000", set + "?$select=name", token),
            probe("dynamics365", "poll by change tracking, 10 changes", delta, token, "Prefer", "odata.track-changes"));
    }

    private List<Probe> salesforceProbes(List<String> ids) throws IOException, InterruptedException {
        String token = token(salesforce.address() + "/services/oauth2/token", "grant_type=client_credentials&client_id="
            + salesforce.options().app().clientId() + "&client_secret=" + salesforce.options().app().clientSecret());
        String base = salesforce.address() + "/services/data/v60.0";
        String query = base + "/query?q=";
        clock.move(Duration.ofMinutes(5));
        Instant recently = clock.instant().truncatedTo(ChronoUnit.SECONDS); // as SystemModstamp is
        ids.subList(DEALS - 10, DEALS).forEach(id -> salesforce.update("Opportunity", id, Map.of("NextStep", "changed")));
        String poll = "SELECT Id, Name, Amount, SystemModstamp FROM Opportunity WHERE SystemModstamp >= %s ORDER BY SystemModstamp, Id LIMIT 200";
        return List.of(
            probe("salesforce", "read one opportunity", base + "/sobjects/Opportunity/" + ids.get(DEALS / 2), token),
            probe("salesforce", "list, first page of 2,000", query + encoded("SELECT Id, Name, Amount FROM Opportunity"), token),
            probe("salesforce", "list, newest first, limit 100", query
                + encoded("SELECT Id, Name FROM Opportunity ORDER BY LastModifiedDate DESC LIMIT 100"), token),
            probe("salesforce", "filter by referral identifier", query
                + encoded("SELECT Id, Name FROM Opportunity WHERE Referral_Identifier__c = 'referral-10000'"), token),
            probe("salesforce", "filter by stage, limit 100", query
                + encoded("SELECT Id, Name FROM Opportunity WHERE StageName = 'Prospecting' AND Amount > 15000 LIMIT 100"), token),
            probe("salesforce", "poll by SystemModstamp, 10 changes", query + encoded(String.format(poll, recently)), token),
            probe("salesforce", "poll by SystemModstamp, all changed", query
                + encoded(String.format(poll, recently.minus(Duration.ofDays(1)))), token));
    }

    /** The link to go on from after every page of a table was read. */
    private String delta(String first, String token) throws IOException, InterruptedException {
        String next = first;
        while (true) {
            JsonNode page = SandboxSystem.JSON.readTree(send(probe("", "", next, token, "Prefer", "odata.track-changes").request()));
            if (page.has("@odata.deltaLink")) {
                return page.get("@odata.deltaLink").textValue();
            }
            next = page.get("@odata.nextLink").textValue();
        }
    }

    private String token(String address, String form) throws IOException, InterruptedException {
        byte[] answer = send(HttpRequest.newBuilder(URI.create(address)).header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form)).build());
        return SandboxSystem.JSON.readTree(answer).get("access_token").textValue();
    }

    private static Probe probe(String system, String what, String address, String token, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address)).timeout(Duration.ofSeconds(60))
            .header("Authorization", "Bearer " + token).header("Accept", "application/json");
        if (headers.length > 0) {
            request.headers(headers);
        }
        return new Probe(system, what, request.build());
    }

    private void measure(Probe probe) throws IOException, InterruptedException {
        for (int i = 0; i < WARM_UP; i++) {
            send(probe.request());
        }
        Histogram nanos = new Histogram(3);
        int bytes = 0;
        for (int i = 0; i < MEASURED; i++) {
            long start = System.nanoTime();
            bytes = send(probe.request()).length;
            nanos.recordValue(System.nanoTime() - start);
        }
        double median = nanos.getValueAtPercentile(50) / 1e6;
        figures.add(List.of(probe.system(), probe.what(), String.format(Locale.ROOT, "%.2f", median),
            String.format(Locale.ROOT, "%.2f", nanos.getValueAtPercentile(99) / 1e6), String.format(Locale.ROOT, "%,d", bytes),
            median <= AIM_MS ? "yes" : "NO"));
    }

    private byte[] send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() != 200) {
            throw new IOException(request.uri() + " answered " + answer.statusCode() + " " + new String(answer.body(), StandardCharsets.UTF_8));
        }
        return answer.body();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public void close() {
        partnerCenter.close();
        dynamics365.close();
        salesforce.close();
    }
}
