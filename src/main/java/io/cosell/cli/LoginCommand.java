package io.cosell.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.cosell.Connector;
import io.cosell.ConfigurationException;
import io.cosell.Visit;
import io.cosell.config.Finding;
import io.cosell.flow.IdToken;
import io.cosell.flow.Tokens;
import io.cosell.lane.LaneFailure;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.CamelContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code login}: signs in the Partner Center user on any browser, and keeps the refresh token. */
@Command(name = "login", mixinStandardHelpOptions = true,
    description = {"Signs in the person in whose name Partner Center is called: prints an address and a code to enter there, on any "
        + "machine.",
        "The refresh token is kept in the data folder (cosell.data-folder), in a file that only its owner can read. A connector that runs"
            + " takes it with its next sign-in. Tenant, client id and secret under cosell.partner-center must be set."},
    footer = {"", "Exit code 0 means that the person has signed in.", "",
        "Example: java -jar cosell.jar login",
        "         java -jar cosell.jar login --print | a-command-that-fills-your-vault"})
public final class LoginCommand implements Callable<Integer> {

    private static final String ACCOUNT = "partner-center";
    private static final String REFRESH_TOKEN = "cosell.partner-center.refresh-token";
    /** What tokens are asked for: route by what it gives. */
    private static final Map<String, String> USES = new TreeMap<>(Map.of("direct:partner-center-token", "Referrals",
        "direct:partner-center-events-token", "Webhook registrations"));

    @Option(names = "--print", description = "Prints the refresh token, and nothing else, to standard output instead of keeping it: for a "
        + "vault.")
    private boolean print;

    @ParentCommand
    private RootCommand root;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter told = print ? spec.commandLine().getErr() : spec.commandLine().getOut();
        try (Visit visit = root.visit()) {
            List<Finding> wrong = visit.wrongWith(ACCOUNT).stream()
                .filter(finding -> !finding.message().startsWith(REFRESH_TOKEN)).toList();
            if (!wrong.isEmpty()) {
                throw new ConfigurationException(wrong.stream().map(Finding::toString).toList());
            }
            Connector connector = visit.connector();
            Map<String, Object> device = request(connector, "direct:device-code", null);
            told.println(device.get("message"));
            told.println();
            told.println("  Address  " + device.get("verification_uri"));
            told.println("  Code     " + device.get("user_code"));
            told.println();
            told.println("Sign in there as the user with the role Referrals admin. The code is good for "
                + Duration.ofSeconds(Long.parseLong(String.valueOf(device.get("expires_in")))).toMinutes() + " minutes. Waiting ...");
            told.flush();
            Map<String, Object> tokens = request(connector, "direct:device-token", device);
            return signedIn(visit, tokens, told);
        }
    }

    private int signedIn(Visit visit, Map<String, Object> tokens, PrintWriter told) {
        told.println(IdToken.user(tokens.get("id_token")).map(user -> "Signed in as " + user + ".").orElse("Signed in."));
        String token = (String) tokens.get("refresh_token");
        if (token == null) {
            throw new IllegalArgumentException("The sign-in service gave no refresh token. Let the app registration have the permission "
                + "offline_access.");
        }
        if (print) {
            spec.commandLine().getOut().println(token);
            spec.commandLine().getOut().flush();
            return 0;
        }
        CamelContext camel = visit.connector().camel().getCamelContext();
        told.println("The refresh token is kept in " + camel.getRegistry().lookupByNameAndType("tokens", Tokens.class)
            .signedIn(ACCOUNT, token, camel) + ", which only its owner can read. Each sign-in of the connector renews it there.");
        if (!visit.settings().resolve(REFRESH_TOKEN).orElse("").isEmpty()) {
            told.println("It stands for the one that " + REFRESH_TOKEN + " holds, until that setting is changed.");
        }
        int failed = 0;
        for (Map.Entry<String, String> use : USES.entrySet()) {
            failed += tried(visit.connector(), use.getKey(), use.getValue(), told);
        }
        told.println(failed == 0 ? "Next: java -jar cosell.jar doctor"
            : "The person is signed in, but not everything can be reached in their name.");
        told.flush();
        return failed == 0 ? 0 : 1;
    }

    /** Uses the token the way the connector does. */
    private static int tried(Connector connector, String route, String what, PrintWriter told) {
        try {
            connector.camel().requestBody(route, (Object) null);
            told.println(what + ": the service gives a token.");
            return 0;
        } catch (CamelExecutionException e) {
            told.println(what + ": " + (e.getCause() instanceof LaneFailure failure ? failure.getMessage() : String.valueOf(e.getCause())));
            return 1;
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> request(Connector connector, String route, Object body) {
        return new ObjectMapper().convertValue(connector.camel().requestBody(route, body), Map.class);
    }
}
