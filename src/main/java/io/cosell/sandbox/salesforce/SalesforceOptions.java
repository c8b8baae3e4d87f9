package io.cosell.sandbox.salesforce;

import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What can differ between two Salesforce organisations. Immutable; start from {@link #defaults()}.
 *
 * @param app        the one connected (external client) app, and who signs in through it
 * @param key        public key of the certificate uploaded to the app for the JWT bearer grant; null without
 * @param dailyCalls how many calls an organisation may make in 24 hours (contract 3.6)
 * @param sessionLife how long a session lasts without a call
 * @param retryPause real time before an outbound message is sent again for the first time; later pauses are longer (contract
 *                   3.7)
 * @param currencies ISO codes, the corporate currency first; several count only with {@link SalesforceSwitch#MULTI_CURRENCY}
 * @param fields     a partner's own fields
 * @param switches   what is on at the start
 */
public record SalesforceOptions(App app, PublicKey key, int dailyCalls, Duration sessionLife, Duration retryPause,
                                List<String> currencies, List<OwnField> fields, Set<SalesforceSwitch> switches) {

    private static final Set<String> OWN_TYPES = Set.of("text", "textarea", "checkbox", "currency", "percent", "number", "date", "datetime",
        "email", "phone", "url");

    /**
     * The app and its credentials.
     *
     * @param clientId     consumer key
     * @param clientSecret consumer secret
     * @param username     of the integration user that client credentials run as; also who may use the password grant
     * @param password     of that user, with the security token at its end
     * @param refreshToken a refresh token of that user
     */
    public record App(String clientId, String clientSecret, String username, String password, String refreshToken) {

        /** Contoso, a fictitious partner. */
        public static final App CONTOSO = new App("sandbox-client", "sandbox-secret", "integration@contoso.example",
            "sandbox-passwordTOKEN", "sandbox-refresh-token");
    }

    /**
     * A field that a partner added to an object.
     *
     * @param object     API name of the object
     * @param name       API name of the field, which ends in {@code __c}
     * @param type       text (up to 255 characters), textarea, checkbox, currency, percent, number, date, datetime, email, phone or url
     * @param required   whether a create without it is refused
     * @param externalId whether records can be upserted by it
     * @param unique     whether two records may not have the same value
     */
    public record OwnField(String object, String name, String type, boolean required, boolean externalId, boolean unique) {

        public OwnField {
            if (!OWN_TYPES.contains(type)) {
                throw new IllegalArgumentException("An own field can be one of " + OWN_TYPES + ", not " + type + ".");
            }
            if (!name.endsWith("__c")) {
                throw new IllegalArgumentException("The API name of an own field ends in __c: " + name + " does not.");
            }
        }
    }

    public SalesforceOptions {
        if (currencies.isEmpty()) {
            throw new IllegalArgumentException("An organisation has at least one currency, its corporate currency.");
        }
        currencies = List.copyOf(currencies);
        fields = List.copyOf(fields);
        switches = Set.copyOf(switches);
    }

    /** Client {@code sandbox-client} with secret {@code sandbox-secret}, 15,000 calls a day, sessions of two hours, USD EUR GBP. */
    public static SalesforceOptions defaults() {
        return new SalesforceOptions(App.CONTOSO, null, 15_000, Duration.ofHours(2), Duration.ofMillis(200),
            List.of("USD", "EUR", "GBP"), List.of(), Set.of());
    }

    /** Another app. */
    public SalesforceOptions withApp(App other) {
        return new SalesforceOptions(other, key, dailyCalls, sessionLife, retryPause, currencies, fields, switches);
    }

    /** The key that assertions of the JWT bearer grant are checked with. */
    public SalesforceOptions withKey(PublicKey other) {
        return new SalesforceOptions(app, other, dailyCalls, sessionLife, retryPause, currencies, fields, switches);
    }

    /** The number of calls the organisation may make in 24 hours. */
    public SalesforceOptions withDailyCalls(int calls) {
        return new SalesforceOptions(app, key, calls, sessionLife, retryPause, currencies, fields, switches);
    }

    /** The pause before an outbound message is sent again for the first time. */
    public SalesforceOptions withRetryPause(Duration pause) {
        return new SalesforceOptions(app, key, dailyCalls, sessionLife, pause, currencies, fields, switches);
    }

    /** The currencies, the corporate currency first. */
    public SalesforceOptions withCurrencies(String... isoCodes) {
        return new SalesforceOptions(app, key, dailyCalls, sessionLife, retryPause, List.of(isoCodes), fields, switches);
    }

    /** Adds a partner's own field. */
    public SalesforceOptions withField(OwnField field) {
        List<OwnField> more = new ArrayList<>(fields);
        more.add(field);
        return new SalesforceOptions(app, key, dailyCalls, sessionLife, retryPause, currencies, more, switches);
    }

    /** Turns switches on. */
    public SalesforceOptions with(SalesforceSwitch... on) {
        Set<SalesforceSwitch> more = EnumSet.noneOf(SalesforceSwitch.class);
        more.addAll(switches);
        more.addAll(List.of(on));
        return new SalesforceOptions(app, key, dailyCalls, sessionLife, retryPause, currencies, fields, more);
    }
}
