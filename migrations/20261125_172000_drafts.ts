import { type MigrateDownArgs, type MigrateUpArgs, sql } from '@payloadcms/db-postgres'
import { FIRST_TOOL_VERSIONS, toolDraftsDown, toolDraftsUp } from '../src/platform/database/schema/drafts'
import { run } from '../src/platform/database/schema/migration-of'

/**
 * Drafts, versions and trash of tools. A draft is checked as a tool is, so what was required stays so in the
 * database. A version goes with its tool, also one that SQL deletes: the panel would list it else.
 */
export async function up({ db }: MigrateUpArgs): Promise<void> {
  await db.execute(sql`
   CREATE TYPE "public"."enum_tools_status" AS ENUM('draft', 'published');
  CREATE TYPE "public"."enum__tools_v_version_minimum_tier" AS ENUM('free', 'pro', 'enterprise');
  CREATE TYPE "public"."enum__tools_v_version_status" AS ENUM('draft', 'published');
  CREATE TABLE "_tools_v_version_upstreams" (
  	"_order" integer NOT NULL,
  	"_parent_id" uuid NOT NULL,
  	"id" uuid PRIMARY KEY NOT NULL,
  	"name" varchar,
  	"adapter" "hub_upstream_adapter" DEFAULT 'openai',
  	"share" numeric DEFAULT 1,
  	"endpoint" varchar,
  	"model" varchar,
  	"_uuid" varchar
  );
  
  CREATE TABLE "_tools_v" (
  	"id" uuid PRIMARY KEY NOT NULL,
  	"parent_id" uuid,
  	"version_name" varchar,
  	"version_slug" varchar,
  	"version_description" varchar,
  	"version_category" varchar,
  	"version_icon_id" uuid,
  	"version_is_active" boolean DEFAULT true,
  	"version_minimum_tier" "enum__tools_v_version_minimum_tier" DEFAULT 'free',
  	"version_adapter" "hub_adapter" DEFAULT 'http',
  	"version_endpoint" varchar,
  	"version_method" "hub_tool_method" DEFAULT 'POST',
  	"version_headers" jsonb,
  	"version_builtin" varchar,
  	"version_model" varchar,
  	"version_model_kind" "hub_model_kind" DEFAULT 'chat',
  	"version_system_prompt" varchar,
  	"version_prompt_template" varchar,
  	"version_default_output_tokens" numeric,
  	"version_max_output_tokens" numeric,
  	"version_speaks_responses" boolean DEFAULT false,
  	"version_weight_input" numeric DEFAULT 100,
  	"version_weight_cached_input" numeric DEFAULT 100,
  	"version_weight_output" numeric DEFAULT 100,
  	"version_weight_reasoning" numeric DEFAULT 100,
  	"version_routing" "hub_routing" DEFAULT 'order',
  	"version_share" numeric DEFAULT 1,
  	"version_remote_tool" varchar,
  	"version_input_schema" jsonb,
  	"version_example" jsonb,
  	"version_timeout_ms" numeric DEFAULT 30000,
  	"version_retries" numeric DEFAULT 2,
  	"version_metering_mode" "hub_metering_mode" DEFAULT 'reported',
  	"version_metering_path" varchar DEFAULT 'usage.total_tokens',
  	"version_metering_tokens" numeric,
  	"version_max_tokens" numeric,
  	"version_updated_at" timestamp(3) with time zone,
  	"version_created_at" timestamp(3) with time zone,
  	"version_deleted_at" timestamp(3) with time zone,
  	"version__status" "enum__tools_v_version_status" DEFAULT 'draft',
  	"created_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
  	"updated_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
  	"latest" boolean
  );
  
  ALTER TABLE "tools" ADD COLUMN "deleted_at" timestamp(3) with time zone;
  ALTER TABLE "tools" ADD COLUMN "_status" "enum_tools_status" DEFAULT 'draft';
  ALTER TABLE "_tools_v_version_upstreams" ADD CONSTRAINT "_tools_v_version_upstreams_parent_id_fk" FOREIGN KEY ("_parent_id") REFERENCES "public"."_tools_v"("id") ON DELETE cascade ON UPDATE no action;
  ALTER TABLE "_tools_v" ADD CONSTRAINT "_tools_v_parent_id_tools_id_fk" FOREIGN KEY ("parent_id") REFERENCES "public"."tools"("id") ON DELETE cascade ON UPDATE no action;
  ALTER TABLE "_tools_v" ADD CONSTRAINT "_tools_v_version_icon_id_media_id_fk" FOREIGN KEY ("version_icon_id") REFERENCES "public"."media"("id") ON DELETE set null ON UPDATE no action;
  CREATE INDEX "_tools_v_version_upstreams_order_idx" ON "_tools_v_version_upstreams" USING btree ("_order");
  CREATE INDEX "_tools_v_version_upstreams_parent_id_idx" ON "_tools_v_version_upstreams" USING btree ("_parent_id");
  CREATE INDEX "_tools_v_parent_idx" ON "_tools_v" USING btree ("parent_id");
  CREATE INDEX "_tools_v_version_version_name_idx" ON "_tools_v" USING btree ("version_name");
  CREATE INDEX "_tools_v_version_version_slug_idx" ON "_tools_v" USING btree ("version_slug");
  CREATE INDEX "_tools_v_version_version_category_idx" ON "_tools_v" USING btree ("version_category");
  CREATE INDEX "_tools_v_version_version_icon_idx" ON "_tools_v" USING btree ("version_icon_id");
  CREATE INDEX "_tools_v_version_version_is_active_idx" ON "_tools_v" USING btree ("version_is_active");
  CREATE INDEX "_tools_v_version_version_updated_at_idx" ON "_tools_v" USING btree ("version_updated_at");
  CREATE INDEX "_tools_v_version_version_created_at_idx" ON "_tools_v" USING btree ("version_created_at");
  CREATE INDEX "_tools_v_version_version_deleted_at_idx" ON "_tools_v" USING btree ("version_deleted_at");
  CREATE INDEX "_tools_v_version_version__status_idx" ON "_tools_v" USING btree ("version__status");
  CREATE INDEX "_tools_v_created_at_idx" ON "_tools_v" USING btree ("created_at");
  CREATE INDEX "_tools_v_updated_at_idx" ON "_tools_v" USING btree ("updated_at");
  CREATE INDEX "_tools_v_latest_idx" ON "_tools_v" USING btree ("latest");
  CREATE INDEX "tools_deleted_at_idx" ON "tools" USING btree ("deleted_at");
  CREATE INDEX "tools__status_idx" ON "tools" USING btree ("_status");`)
  await run(db, [...toolDraftsUp, FIRST_TOOL_VERSIONS])
}

export async function down({ db }: MigrateDownArgs): Promise<void> {
  await run(db, toolDraftsDown)
  await db.execute(sql`
   ALTER TABLE "_tools_v_version_upstreams" DISABLE ROW LEVEL SECURITY;
  ALTER TABLE "_tools_v" DISABLE ROW LEVEL SECURITY;
  DROP TABLE "_tools_v_version_upstreams" CASCADE;
  DROP TABLE "_tools_v" CASCADE;
  DROP INDEX "tools_deleted_at_idx";
  DROP INDEX "tools__status_idx";
  ALTER TABLE "tools" DROP COLUMN "deleted_at";
  ALTER TABLE "tools" DROP COLUMN "_status";
  DROP TYPE "public"."enum_tools_status";
  DROP TYPE "public"."enum__tools_v_version_minimum_tier";
  DROP TYPE "public"."enum__tools_v_version_status";`)
}
