package io.cosell.sandbox.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.cosell.sandbox.SandboxClock;
import io.cosell.sandbox.control.ControlClient.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every resource of the control address over real HTTP, on two systems that nobody made it for. */
class ControlTest {

    private final SandboxClock clock = new SandboxClock();
    private final List<Integer> examples = new ArrayList<>();
    private Box red;
    private Box blue;
    private ControlServer server;
    private ControlClient control;

    @BeforeEach
    void start() {
        clock.stop();
        clock.set(Instant.parse("2027-01-01T00:00:00Z"));
        red = new Box("red", clock);
        blue = new Box("blue", clock);
        red.start(0);
        blue.start(0);
        server = ControlServer.start(new Control(clock, List.of(red, blue), deals -> {
            examples.add(deals);
            return Map.of("red", List.of("1"));
        }), 0);
        control = new ControlClient(server.address());
    }

    @AfterEach
    void stop() {
        server.close();
        red.close();
        blue.close();
    }

    /** A call to a system itself. */
    private int call(Box box, String method, String path, String body) {
        return new ControlClient(box.address()).send(new ControlClient(box.address()).request(path)
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))).status();
    }

    // ---- overview

    @Test
    void theOverviewNamesEverySystemAndEveryResource() {
        JsonNode overview = control.get("/").json();

        assertThat(overview.at("/systems/0/name").asText()).isEqualTo("red");
        assertThat(overview.at("/systems/1/address").asText()).isEqualTo(blue.address());
        assertThat(overview.path("resources")).hasSizeGreaterThan(10).allSatisfy(resource -> {
            assertThat(resource.path("path").asText()).startsWith("/");
            assertThat(resource.path("says").asText()).endsWith(".");
        });
    }

    /** The document and the program are one table. */
    @Test
    void theDocumentListsEveryResourceWithItsParametersAndNoOther() throws IOException {
        String document = Files.readString(Path.of("docs/sandbox-control.md"));
        TreeSet<String> documented = Pattern.compile("(?m)^\\| `(GET|PUT|POST|DELETE) ([^`]+)` \\|([^|]*)\\|").matcher(document).results()
            .map(row -> row.group(1) + " " + row.group(2) + " " + Pattern.compile("`([^`]+)`").matcher(row.group(3)).results()
                .map(name -> name.group(1)).sorted().toList()).collect(Collectors.toCollection(TreeSet::new));

        TreeSet<String> there = StreamSupport.stream(control.get("/").json().path("resources").spliterator(), false)
            .map(resource -> resource.path("method").asText() + " " + resource.path("path").asText() + " "
                + resource.path("parameters").properties().stream().map(Map.Entry::getKey).filter(name -> !name.equals("*")).sorted()
                .toList()).collect(Collectors.toCollection(TreeSet::new));
        assertThat(documented).isEqualTo(there);
    }

    // ---- clock

    @Test
    void theClockIsSetStoppedAndMoved() {
        assertThat(control.get("/clock").json().toString()).isEqualTo("{\"time\":\"2027-01-01T00:00:00Z\",\"stopped\":true}");

        assertThat(control.put("/clock", "{\"time\":\"2027-02-01T00:00:00Z\"}").json().path("time").asText())
            .isEqualTo("2027-02-01T00:00:00Z");
        assertThat(control.post("/clock/move", "{\"by\":\"P14D\"}").json().path("time").asText()).isEqualTo("2027-02-15T00:00:00Z");
        assertThat(control.post("/clock/move", "{\"by\":\"-PT1H\"}").json().path("time").asText()).isEqualTo("2027-02-14T23:00:00Z");

        assertThat(control.put("/clock", "{\"stopped\":false}").json().path("stopped").booleanValue()).isFalse();
        assertThat(clock.isStopped()).isFalse();
        assertThat(Duration.between(Instant.parse("2027-02-14T23:00:00Z"), clock.instant())).isBetween(Duration.ZERO, Duration.ofMinutes(1));
    }

    @Test
    void deadlinesThatTheClockPassesAreCarriedOutAtOnce() {
        red.words.add("milk");

        control.post("/clock/move", "{\"by\":\"PT23H\"}");
        assertThat(red.words).containsExactly("milk");
        control.post("/clock/move", "{\"by\":\"PT1H\"}");
        assertThat(red.words).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "PUT;/clock;{\"time\":\"tomorrow\"};time is \"tomorrow\", but must be a UTC time, such as 2027-01-31T12:00:00Z.",
        "PUT;/clock;{\"stopped\":\"perhaps\"};stopped is \"perhaps\", but must be true or false.",
        "PUT;/clock;{\"tim\":\"x\"};PUT /clock does not take tim. It takes time?, stopped?.",
        "POST;/clock/move;{};POST /clock/move needs by: ",
        "POST;/clock/move;{\"by\":\"two weeks\"};by is \"two weeks\", but must be a duration as in ISO 8601",
        "POST;/clock/move;{\"by\":14};by is 14, but must be a text.",
        "POST;/clock/move;[];The body must be a JSON object.",
        "POST;/clock/move;{\"by\";The body is no JSON: ",
        "POST;/clock/move?by=P1D;{};takes its parameters in a JSON body, not in the query.",
        "POST;/examples;{\"deals\":0};deals is 0, but must be a whole number from 1.",
        "GET;/clock?zone=UTC;;GET /clock does not take zone. It takes nothing."})
    void aBadRequestGetsTheReasonAndChangesNothing(String method, String path, String body, String reason) {
        Answer answer = switch (method) {
            case "PUT" -> control.put(path, body);
            case "POST" -> control.post(path, body);
            default -> control.get(path);
        };

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).contains(reason);
        assertThat(clock.instant()).isEqualTo("2027-01-01T00:00:00Z");
        assertThat(examples).isEmpty();
    }

    @Test
    void aClockWithABadTimeIsNotStartedEither() {
        assertThat(control.put("/clock", "{\"stopped\":false,\"time\":\"now\"}").status()).isEqualTo(400);
        assertThat(clock.isStopped()).isTrue();
    }

    // ---- what the systems know

    @Test
    void examplesAreMadeByWhoeverKnowsTheSystems() {
        assertThat(control.post("/examples", "{\"deals\":5}").json().at("/red/0").asText()).isEqualTo("1");
        assertThat(examples).containsExactly(5);
    }

    @Test
    void whatIsExportedCanBeImported() {
        red.words.add("milk");
        String exported = control.get("/state").json().toString();
        red.words.clear();
        blue.words.add("honey");
        control.put("/clock", "{\"time\":\"2030-01-01T00:00:00Z\",\"stopped\":false}");

        assertThat(control.put("/state", exported).status()).isEqualTo(204);

        assertThat(red.words).containsExactly("milk");
        assertThat(blue.words).isEmpty();
        assertThat(control.get("/state").json().toString()).isEqualTo(exported).isEqualTo("{\"version\":1,\"clock\":{\"time\":"
            + "\"2027-01-01T00:00:00Z\",\"stopped\":true},\"systems\":{\"red\":{\"words\":[\"milk\"]},\"blue\":{\"words\":[]}}}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "{'version':2,'clock':{},'systems':{}};version is 2, but must be 1.",
        "{'version':1,'clock':{'time':'2027-01-31','stopped':true},'systems':{}};clock.time is \"2027-01-31\", but must be a UTC time",
        "{'version':1,'clock':{'time':'2029-01-31T00:00:00Z'},'systems':{}};clock.stopped must be true or false.",
        "{'version':1,'clock':{'time':'2029-01-31T00:00:00Z','stopped':true},'systems':{'red':{}}};systems.blue must be a JSON object.",
        "{'version':1,'clock':{'time':'2029-01-31T00:00:00Z','stopped':true},'systems':{'green':{}}};systems has members that do not belong"
            + " there: green. It may have red, blue.",
        "{'version':1,'clock':{'time':'2029-01-31T00:00:00Z','stopped':true},'systems':{'red':{'words':['x']},'blue':{'words':['y',7]}}};"
            + "systems.blue: words[1] is 7, which is no text."})
    void aDocumentWithAMistakeIsRefusedWithThePlaceAndChangesNothing(String document, String reason) {
        red.words.add("milk");

        Answer answer = control.put("/state", document.replace('\'', '"'));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).contains(reason);
        assertThat(red.words).containsExactly("milk");
        assertThat(clock.instant()).isEqualTo("2027-01-01T00:00:00Z");
    }

    // ---- acts

    @Test
    void actsAreListedWithWhatTheyNeed() {
        JsonNode acts = control.get("/systems/red/acts").json().path("acts");

        assertThat(acts).hasSize(3);
        assertThat(acts.get(0).path("name").asText()).isEqualTo("put-in");
        assertThat(acts.get(0).path("as").asText()).isEqualTo("a child");
        assertThat(acts.get(0).at("/parameters/word").asText()).isEqualTo("the word");
    }

    @Test
    void anActIsDoneAndItsResultAnswered() {
        Answer answer = control.post("/systems/red/acts/put-in", "{\"word\":\"milk\",\"times\":2}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().at("/result/words").intValue()).isEqualTo(2);
        assertThat(answer.json().at("/result/at").textValue()).isEqualTo("2027-01-01T00:00:00Z");
        assertThat(red.words).containsExactly("milk", "milk");
        assertThat(control.post("/systems/red/acts/shake", "{}").status()).isEqualTo(204);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "put-in;{};400;put-in needs word: the word.",
        "put-in;{\"word\":\"x\",\"colour\":1};400;put-in does not take colour. It takes ",
        "put-in;{\"word\":7};400;word must be a text.",
        "put-in;{\"word\":\"x\"};409;The box is full.",
        "throw;{};404;There is no act throw in red. There are put-in, shake, drop.",
        "drop;{};500;The sandbox itself failed: java.lang.IndexOutOfBounds"})
    void anActThatFailsSaysWhoIsToBlame(String act, String parameters, int status, String reason) {
        red.words.addAll(List.of("a", "b", "c"));

        Answer answer = control.post("/systems/red/acts/" + act, parameters);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.error()).startsWith(reason);
        assertThat(red.words).containsExactly("a", "b", "c");
    }

    // ---- switches

    @Test
    void switchesAreShownAndTurned() {
        assertThat(control.get("/systems/red/switches").json().toString()).isEqualTo("{\"switches\":[{\"name\":\"BOTTOMLESS\","
            + "\"section\":\"1.1\",\"isOn\":false,\"on\":\"takes any number of words\",\"off\":\"takes three words\"}]}");

        assertThat(control.put("/systems/red/switches", "{\"BOTTOMLESS\":true}").json().at("/switches/0/isOn").booleanValue()).isTrue();

        assertThat(red.switches().has(Box.Open.BOTTOMLESS)).isTrue();
        assertThat(blue.switches().has(Box.Open.BOTTOMLESS)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "{\"BOTTOMLESS\":true,\"SQUARE\":true};There is no switch SQUARE. There are [BOTTOMLESS].",
        "{\"BOTTOMLESS\":\"on\"};BOTTOMLESS is \"on\", but must be true or false.",
        "{\"BOTTOMLESS\":null};BOTTOMLESS is null, but must be true or false."})
    void badSwitchesTurnNone(String body, String reason) {
        Answer answer = control.put("/systems/red/switches", body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).isEqualTo(reason);
        assertThat(red.switches().has(Box.Open.BOTTOMLESS)).isFalse();
    }

    // ---- what happened

    @Test
    void callsAreListedWithoutSecretsAndCanBeForgotten() {
        call(red, "GET", "/words?client_secret=hush&name=milk", null);
        call(red, "POST", "/words", "milk");
        call(blue, "GET", "/words", null);

        JsonNode calls = control.get("/systems/red/calls").json().path("calls");
        assertThat(calls).hasSize(2);
        assertThat(calls.get(0).path("path").asText()).isEqualTo("/words?client_secret=***&name=milk");
        assertThat(calls.get(1).path("number").intValue()).isEqualTo(2);
        assertThat(calls.get(1).path("at").asText()).isEqualTo("2027-01-01T00:00:00Z");
        assertThat(calls.get(1).path("kind").asText()).isEqualTo("CREATE");
        assertThat(calls.get(1).path("status").intValue()).isEqualTo(200);
        assertThat(calls.get(1).path("wrote").booleanValue()).isTrue();
        assertThat(calls.toString()).doesNotContain("hush");

        assertThat(numbers("?kind=CREATE")).containsExactly(2);
        assertThat(numbers("?writes=false")).containsExactly(1);
        assertThat(numbers("?since=1")).containsExactly(2);
        assertThat(numbers("?since=0&last=1")).containsExactly(2);
        assertThat(control.get("/systems/red/calls?kind=SING").error()).startsWith("kind is \"SING\", but must be one of SIGN_IN, READ, ");
        assertThat(control.get("/systems/red/calls?last=0").error()).isEqualTo("last is \"0\", but must be a whole number from 1.");

        assertThat(control.delete("/systems/red/calls").status()).isEqualTo(204);
        assertThat(numbers("")).isEmpty();
        assertThat(control.get("/counters").json().path("counters")).hasSize(1);
    }

    private List<Integer> numbers(String query) {
        return StreamSupport.stream(control.get("/systems/red/calls" + query).json().path("calls").spliterator(), false)
            .map(call -> call.path("number").intValue()).toList();
    }

    @Test
    void callsAreCountedBySystemKindAndStatus() {
        call(red, "GET", "/words", null);
        call(red, "GET", "/words", null);
        call(blue, "POST", "/words", "milk");

        assertThat(control.get("/counters").json().toString()).isEqualTo("{\"counters\":["
            + "{\"system\":\"red\",\"kind\":\"LIST\",\"status\":200,\"trouble\":null,\"calls\":2},"
            + "{\"system\":\"blue\",\"kind\":\"CREATE\",\"status\":200,\"trouble\":null,\"calls\":1}]}");
    }

    @Test
    void everyWriteIsInTheHistoryWithWhoMadeIt() {
        call(red, "POST", "/words", "milk");
        control.post("/systems/red/acts/put-in", "{\"word\":\"honey\"}");

        JsonNode history = control.get("/systems/red/history").json().path("history");
        assertThat(history).hasSize(2);
        assertThat(history.get(0).path("user").asText()).isEqualTo("a program");
        assertThat(history.get(1).path("user").asText()).isEqualTo("a child");
        assertThat(history.get(1).at("/written/word").asText()).isEqualTo("honey");
        assertThat(control.get("/systems/red/history?last=1").json().path("history").findValuesAsText("id")).containsExactly("2");
    }

    // ---- what goes wrong

    @Test
    void aPlanOfFaultsHoldsForAllSystems() {
        Answer answer = control.put("/faults", "{\"seed\":42,\"rules\":[{\"system\":\"red\",\"kind\":\"LIST\",\"trouble\":\"THROTTLED\","
            + "\"every\":2,\"retryAfter\":7}]}");

        assertThat(answer.status()).as(answer.json().toString()).isEqualTo(200);
        assertThat(control.get("/faults").json()).isEqualTo(answer.json());
        assertThat(answer.json().toString()).isEqualTo("{\"seed\":42,\"rules\":[{\"system\":\"red\",\"kind\":\"LIST\","
            + "\"trouble\":\"THROTTLED\",\"every\":2,\"retryAfter\":7}]}");
        assertThat(List.of(call(red, "GET", "/", null), call(red, "GET", "/", null), call(red, "POST", "/", "x"))).containsExactly(200, 429, 200);
        assertThat(List.of(call(blue, "GET", "/", null), call(blue, "GET", "/", null))).containsExactly(200, 200);
        assertThat(control.get("/systems/red/calls").json().at("/calls/1/trouble").asText()).isEqualTo("THROTTLED");

        assertThat(control.put("/faults", "{\"rules\":[]}").status()).isEqualTo(200);
        assertThat(List.of(call(red, "GET", "/", null), call(red, "GET", "/", null))).containsExactly(200, 200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "{\"seed\":1};PUT /faults needs rules: ",
        "{\"rules\":[{\"trouble\":\"RAIN\",\"chance\":1}]};RAIN is no value here. There are [REQUEST_LOST, ",
        "{\"rules\":[{\"trouble\":\"THROTTLED\"}]};A rule says how often",
        "{\"rules\":[{\"system\":\"green\",\"trouble\":\"THROTTLED\",\"chance\":1}]};There is no system green."})
    void aBadPlanIsRefusedAndTheOldOneStays(String plan, String reason) {
        control.put("/faults", "{\"rules\":[{\"trouble\":\"SERVER_ERROR\",\"every\":1}]}");

        Answer answer = control.put("/faults", plan);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).contains(reason);
        assertThat(call(red, "GET", "/", null)).isEqualTo(500);
    }

    @Test
    void theNextCallThatFitsGoesWrongAndNoOther() {
        assertThat(control.post("/systems/red/faults", "{\"trouble\":\"UNAVAILABLE\",\"kind\":\"CREATE\",\"path\":\"/good\"}").status())
            .isEqualTo(204);
        assertThat(control.post("/systems/red/faults", "{\"trouble\":\"THROTTLED\",\"method\":\"GET\",\"retryAfter\":9}").status())
            .isEqualTo(204);

        assertThat(call(red, "POST", "/bad", "a")).isEqualTo(200);
        assertThat(call(blue, "POST", "/good", "b")).isEqualTo(200);
        assertThat(call(red, "POST", "/good", "c")).isEqualTo(503);
        assertThat(call(red, "POST", "/good", "d")).isEqualTo(200);
        assertThat(List.of(call(red, "GET", "/", null), call(red, "GET", "/", null))).containsExactly(429, 200);
        assertThat(red.words).containsExactly("a", "d");
    }

    @Test
    void aLostAnswerLeavesTheWorkDone() {
        control.post("/systems/red/faults", "{\"trouble\":\"ANSWER_LOST\",\"method\":\"POST\"}");

        assertThatThrownBy(() -> call(red, "POST", "/", "milk")).isInstanceOf(UncheckedIOException.class);

        assertThat(red.words).containsExactly("milk");
        assertThat(control.get("/systems/red/calls").json().at("/calls/0/status").intValue()).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "{};POST /systems/{system}/faults needs trouble: ",
        "{\"trouble\":null};POST /systems/{system}/faults needs trouble: ",
        "{\"trouble\":\"RAIN\"};trouble is \"RAIN\", but must be one of REQUEST_LOST, ",
        "{\"trouble\":\"EVENT_LOST\"};EVENT_LOST happens to events",
        "{\"trouble\":\"ANSWER_REPLACED\"};ANSWER_REPLACED can't be planned",
        "{\"trouble\":\"SERVER_ERROR\",\"retryAfter\":1};retryAfter says nothing to SERVER_ERROR."})
    void aBadFaultIsRefused(String fault, String reason) {
        Answer answer = control.post("/systems/red/faults", fault);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.error()).startsWith(reason);
        assertThat(call(red, "GET", "/", null)).isEqualTo(200);
    }

    // ---- events on their way

    private void hear(Box box, String... words) {
        for (String word : words) {
            call(box, "POST", "/", word);
        }
    }

    private List<String> states() {
        return control.get("/systems/red/events").json().path("events").findValuesAsText("state");
    }

    private void delivered() {
        await().until(() -> red.events().underWay() == 0);
    }

    @Test
    void eventsAreListedWithTheirAttemptsAndWithoutSecrets() {
        red.receiver = blue.address() + "/ear";
        hear(red, "milk");
        delivered();

        JsonNode events = control.get("/systems/red/events").json().path("events");
        assertThat(events).hasSize(1);
        assertThat(events.at("/0/event").asText()).isEqualTo("word-added");
        assertThat(events.at("/0/body").asText()).isEqualTo("milk");
        assertThat(events.at("/0/state").asText()).isEqualTo("DELIVERED");
        assertThat(events.at("/0/attempts/0/status").intValue()).isEqualTo(200);
        assertThat(events.at("/0/url").asText()).isEqualTo(blue.address() + "/ear");
        assertThat(events.toString()).doesNotContain("hush");
        assertThat(control.get("/systems/red/events?state=HELD").json().path("events")).isEmpty();
        assertThat(control.get("/systems/red/events?state=LATE").error()).contains("must be one of HELD, WAITING, ");
    }

    @Test
    void heldEventsAreReleasedInAnyOrder() {
        red.receiver = blue.address() + "/ear";
        assertThat(control.post("/systems/red/events/hold", "{}").status()).isEqualTo(204);
        hear(red, "a", "b", "c", "d");
        assertThat(states()).containsOnly("HELD").hasSize(4);
        assertThat(control.post("/systems/red/events/release", "{\"numbers\":[5]}").error())
            .isEqualTo("Event 5 is not kept back. These are: [1, 2, 3, 4].");
        assertThat(states()).containsOnly("HELD");

        assertThat(control.post("/systems/red/events/release", "{\"numbers\":[3,1,1,4]}").status()).isEqualTo(204);
        delivered();

        assertThat(states()).containsExactly("DELIVERED", "DROPPED", "DELIVERED", "DELIVERED", "DELIVERED");
        assertThat(blue.words).containsExactlyInAnyOrder("c", "a", "a", "d");
        hear(red, "e");
        delivered();
        assertThat(blue.words).contains("e");
    }

    @Test
    void eventsAreLostUntilTheyAreReleased() {
        red.receiver = blue.address() + "/ear";
        control.post("/systems/red/events/drop", "{}");
        hear(red, "a");
        control.post("/systems/red/events/release", "{}");
        hear(red, "b");
        delivered();

        assertThat(states()).containsExactly("DROPPED", "DELIVERED");
        assertThat(blue.words).containsExactly("b");
    }

    @Test
    void anEventIsSentOnceMore() {
        red.receiver = blue.address() + "/ear";
        hear(red, "a");
        delivered();

        assertThat(control.post("/systems/red/events/redeliver", "{\"number\":1,\"times\":2}").status()).isEqualTo(204);
        delivered();

        assertThat(blue.words).containsExactly("a", "a", "a");
        assertThat(control.post("/systems/red/events/redeliver", "{\"number\":9}").error()).isEqualTo("There is no delivery 9.");
    }

    // ---- doors

    @Test
    void whatIsNotThereIsSaid() {
        assertThat(control.get("/systems/green/acts").error()).isEqualTo("There is no system green. There are red, blue.");
        assertThat(control.get("/weather")).satisfies(answer -> assertThat(answer.status()).isEqualTo(404))
            .satisfies(answer -> assertThat(answer.error()).startsWith("There is no /weather here."));
        assertThat(control.delete("/clock")).satisfies(answer -> assertThat(answer.status()).isEqualTo(405))
            .satisfies(answer -> assertThat(answer.error()).startsWith("/clock does not take DELETE."));
    }

    @Test
    void aBodyMustSayThatItIsJson() {
        for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "application/jsonp")) {
            Answer answer = control.send(control.request("/clock/move").header("Content-Type", type)
                .POST(BodyPublishers.ofString("{\"by\":\"P1D\"}")));

            assertThat(answer.status()).as(type).isEqualTo(415);
        }
        assertThat(control.send(control.request("/clock/move").POST(BodyPublishers.ofString("{\"by\":\"P1D\"}"))).status()).isEqualTo(415);
        assertThat(clock.instant()).isEqualTo("2027-01-01T00:00:00Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://evil.example", "http://127.0.0.1:8090", "null"})
    void aWebPageIsRefused(String origin) {
        Answer answer = control.send(control.request("/systems/red/calls").header("Origin", origin).DELETE());

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.error()).contains("does not serve web pages");
    }

    @Test
    void onlyNamesOfThisMachineAreServed() throws IOException {
        int port = URI.create(server.address()).getPort();
        assertThat(statusFor("evil.example:" + port)).isEqualTo(403);
        assertThat(statusFor("127.0.0.1.evil.example")).isEqualTo(403);
        assertThat(statusFor("localhost:" + port)).isEqualTo(200);
        assertThat(statusFor("127.0.0.1:" + port)).isEqualTo(200);
        assertThat(statusFor("[::1]:" + port)).isEqualTo(200);
    }

    /** The status of {@code GET /clock} with this Host header, which Java's client would not send. */
    private int statusFor(String host) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", URI.create(server.address()).getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(("GET /clock HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Integer.parseInt(answer.split(" ")[1]);
        }
    }

    @Test
    void aTakenPortIsNamed() {
        int port = URI.create(server.address()).getPort();

        assertThatThrownBy(() -> ControlServer.start(new Control(clock, List.of(red), deals -> null), port))
            .hasMessageContaining("Port " + port + " can't be used");
    }
}
