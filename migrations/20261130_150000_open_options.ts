import { type MigrateDownArgs, type MigrateUpArgs, sql } from '@payloadcms/db-postgres'
import { run } from '../src/platform/database/schema/migration-of'
import { openOptionsDown, openOptionsUp } from '../src/platform/database/schema/open-options'

/** Options with a price that a tool opens, its context window, and weights of input that is written to a cache. */
export async function up({ db }: MigrateUpArgs): Promise<void> {
  await db.execute(sql`
   CREATE TYPE "public"."hub_open_option" AS ENUM('service_tier', 'priority', 'speed', 'inference_geo', 'best_of', 'prediction', 'modalities', 'provider', 'plugins', 'extra_headers', 'web_search_options', 'container', 'web_search', 'file_search', 'code_interpreter', 'image_generation', 'computer_use', 'mcp', 'other_tools');
  CREATE TABLE "tools_open_options" (
  	"order" integer NOT NULL,
  	"parent_id" uuid NOT NULL,
  	"value" "hub_open_option",
  	"id" uuid PRIMARY KEY NOT NULL
  );

  CREATE TABLE "_tools_v_version_open_options" (
  	"order" integer NOT NULL,
  	"parent_id" uuid NOT NULL,
  	"value" "hub_open_option",
  	"id" uuid PRIMARY KEY NOT NULL
  );

  ALTER TABLE "tools" ADD COLUMN "weight_cache_write5m" numeric;
  ALTER TABLE "tools" ADD COLUMN "weight_cache_write1h" numeric;
  ALTER TABLE "tools" ADD COLUMN "context_window" numeric;
  ALTER TABLE "_tools_v" ADD COLUMN "version_weight_cache_write5m" numeric;
  ALTER TABLE "_tools_v" ADD COLUMN "version_weight_cache_write1h" numeric;
  ALTER TABLE "_tools_v" ADD COLUMN "version_context_window" numeric;
  ALTER TABLE "tools_open_options" ADD CONSTRAINT "tools_open_options_parent_fk" FOREIGN KEY ("parent_id") REFERENCES "public"."tools"("id") ON DELETE cascade ON UPDATE no action;
  ALTER TABLE "_tools_v_version_open_options" ADD CONSTRAINT "_tools_v_version_open_options_parent_fk" FOREIGN KEY ("parent_id") REFERENCES "public"."_tools_v"("id") ON DELETE cascade ON UPDATE no action;
  CREATE INDEX "tools_open_options_order_idx" ON "tools_open_options" USING btree ("order");
  CREATE INDEX "tools_open_options_parent_idx" ON "tools_open_options" USING btree ("parent_id");
  CREATE INDEX "_tools_v_version_open_options_order_idx" ON "_tools_v_version_open_options" USING btree ("order");
  CREATE INDEX "_tools_v_version_open_options_parent_idx" ON "_tools_v_version_open_options" USING btree ("parent_id");`)
  await run(db, openOptionsUp)
}

export async function down({ db }: MigrateDownArgs): Promise<void> {
  await run(db, openOptionsDown)
  await db.execute(sql`
   DROP TABLE "tools_open_options" CASCADE;
  DROP TABLE "_tools_v_version_open_options" CASCADE;
  ALTER TABLE "tools" DROP COLUMN "weight_cache_write5m";
  ALTER TABLE "tools" DROP COLUMN "weight_cache_write1h";
  ALTER TABLE "tools" DROP COLUMN "context_window";
  ALTER TABLE "_tools_v" DROP COLUMN "version_weight_cache_write5m";
  ALTER TABLE "_tools_v" DROP COLUMN "version_weight_cache_write1h";
  ALTER TABLE "_tools_v" DROP COLUMN "version_context_window";
  DROP TYPE "public"."hub_open_option";`)
}
