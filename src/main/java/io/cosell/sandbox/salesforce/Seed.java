package io.cosell.sandbox.salesforce;

import io.cosell.sandbox.SandboxSystem;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What an organisation has before anybody works in it. */
final class Seed {

    /** The user that client credentials run as. */
    static final String INTEGRATION_USER = Ids.of("005", 1);
    /** The seller that people's acts are done as. */
    static final String SELLER = Ids.of("005", 2);
    /** A second seller. */
    static final String OTHER_SELLER = Ids.of("005", 3);
    /** The organisation's own automation. */
    static final String AUTOMATION = Ids.of("005", 4);

    private Seed() {
    }

    /** Plants everything; inside a transaction. */
    static void plant(Org org) {
        String integration = org.options().app().username();
        insert(org, "Organization", Map.of("Name", "Contoso", "OrganizationType", "Developer Edition", "IsSandbox", true));
        user(org, "Cosell", "Connector", integration, integration);
        user(org, "Sam", "Seller", "sam.seller@contoso.example", "sam.seller@contoso.example");
        user(org, "Olga", "Other", "olga.other@contoso.example", "olga.other@contoso.example");
        user(org, "Automated", "Process", "autoproc@contoso.example", "autoproc@contoso.example");
        List<String> currencies = org.options().currencies();
        currencies.forEach(code -> insert(org, "CurrencyType", Map.of("IsoCode", code, "ConversionRate", BigDecimal.ONE, "DecimalPlaces", 2,
            "IsCorporate", code.equals(currencies.get(0)))));
        int[] order = {0};
        Schema.file().path("stages").fields().forEachRemaining(stage -> insert(org, "OpportunityStage", Map.of(
            "MasterLabel", stage.getKey(), "ApiName", stage.getKey(), "SortOrder", ++order[0],
            "IsClosed", stage.getValue().path("closed").asBoolean(), "IsWon", stage.getValue().path("won").asBoolean(),
            "ForecastCategory", stage.getValue().path("category").asText(),
            "DefaultProbability", stage.getValue().path("probability").decimalValue())));
        if (org.schema().has(Feature.PACKAGE)) {
            plantPackage(org);
        }
        String book = insert(org, "Pricebook2", Map.of("Name", "Standard Price Book", "IsActive", true, "IsStandard", true));
        String product = insert(org, "Product2", Map.of("Name", "Field Service Licence", "ProductCode", "FSL", "IsActive", true));
        insert(org, "PricebookEntry", Map.of("Pricebook2Id", book, "Product2Id", product, "UnitPrice", BigDecimal.valueOf(100), "IsActive",
            true));
    }

    private static void plantPackage(Org org) {
        detail(org, "SOL-34104-EBB", "Contoso Field Service");
        detail(org, "SOL-15974-MQF", "Contoso Analytics");
        String infrastructure = insert(org, "Solution_Area__c", Map.of("Name", "Infrastructure", "Active__c", true));
        String data = insert(org, "Solution_Area__c", Map.of("Name", "Data and AI", "Active__c", true));
        insert(org, "Solution_Play__c", Map.of("Name", "Migrate and Modernize", "Active__c", true, "Solution_Area__c", infrastructure));
        insert(org, "Solution_Play__c", Map.of("Name", "Unify Your Data", "Active__c", true, "Solution_Area__c", data));
        insert(org, "Partner_Role__c", Map.of("Name", "Implementation", "Active__c", true));
        insert(org, "Partner_Role__c", Map.of("Name", "Managed Services", "Active__c", true));
    }

    private static void user(Org org, String first, String last, String username, String mail) {
        insert(org, "User", Map.of("FirstName", first, "LastName", last, "Username", username, "Email", mail, "Phone", "4255550100"));
    }

    private static void detail(Org org, String identifier, String name) {
        insert(org, "Microsoft_Solution_Detail__c", Map.of("Solution_Identifier__c", identifier, "Name", name, "Type__c", "3P",
            "Publisher_Name__c", "Contoso"));
    }

    private static String insert(Org org, String object, Map<String, Object> fields) {
        return org.rules().create(org.schema().whole(object), SandboxSystem.JSON.valueToTree(new LinkedHashMap<>(fields)),
            Author.administrator(INTEGRATION_USER)).id();
    }
}
